/** Node's codes of connections that were not made, or broke: https://nodejs.org/api/errors.html#common-system-errors */
const CONNECTION_CODE = /^(E(CONN\w+|PIPE|HOSTUNREACH|NETUNREACH|TIMEDOUT|NOTFOUND|AI_AGAIN)|UND_ERR_\w+)$/;
const CONNECTION_NAME = /Connection|Timeout|Network|Socket/;

/** Ended by the application itself. */
const GIVEN_UP = /^(AbortError|APIUserAbortError)$/;
const REFUSED_BY_BUDGET = /^Budget(Exhausted|Unavailable)Error$/;

/** Whether a call was not made, or was given up: whatever it failed with says nothing of the provider. */
export const saysNothing = (error: unknown): boolean =>
  REFUSED_BY_BUDGET.test(nameOf(error)) || GIVEN_UP.test(nameOf(error));

/** Whether it is the provider, or the way there, that a call failed at: 408, 429, 5xx, no connection, no answer in time. */
export function isProviderFailure(error: unknown): boolean {
  const status = statusOf(error);
  if (status !== undefined) return status === 408 || status === 429 || status >= 500;
  return isBrokenConnection(error) || isBrokenConnection(fieldOf(error, "cause"));
}

function isBrokenConnection(error: unknown): boolean {
  const code = fieldOf(error, "code");
  if (typeof code === "string" && CONNECTION_CODE.test(code)) return true;
  return CONNECTION_NAME.test(nameOf(error)) || CONNECTION_NAME.test(classOf(error));
}

/** Of the SDKs of OpenAI, Anthropic and Google; of those of AWS. */
function statusOf(error: unknown): number | undefined {
  const status = fieldOf(error, "status") ?? fieldOf(fieldOf(error, "$metadata"), "httpStatusCode");
  return typeof status === "number" ? status : undefined;
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "");
// The SDKs' errors are named "Error"; their classes say what they are.
const classOf = (error: unknown): string => (error instanceof Error ? error.constructor.name : "");

function fieldOf(holder: unknown, name: string): unknown {
  return typeof holder === "object" && holder !== null
    ? (holder as Record<string, unknown>)[name]
    : undefined;
}
