import type { BudgetExhausted, Problem } from "@ai-usage/wire";
import { ApiError, BudgetExhaustedError, UnreachableError } from "./errors.ts";

/** Where and how requests are sent. */
export interface HttpOptions {
  readonly apiUrl: string;
  readonly token: string;
  readonly fetch: typeof fetch;
  /** For each attempt, from the first byte sent to the last one read. */
  readonly timeoutMs: number;
  /** Attempts after the first one, of requests that may be repeated. */
  readonly retries: number;
  /** Wait before the first of them; doubled each time, and up to twice that by chance. */
  readonly retryDelayMs: number;
  /** How attempts are repeated. */
  readonly retry: Retry;
}

/** Makes attempts until one succeeds, or its failure may not pass, or there were enough: then that is what it throws. */
export type Retry = <Answer>(attempt: () => Promise<Answer>, terms: RetryTerms) => Promise<Answer>;

interface RetryTerms {
  readonly retries: number;
  readonly delayMs: number;
  readonly delayMsMax: number;
  readonly mayPass: (error: Error) => boolean;
}

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: object;
  readonly body?: unknown;
  /** Sent twice it does what it does when sent once, so that an attempt of unknown outcome may be made again. */
  readonly repeatable: boolean;
}

const DELAYS_MAX = 20;

/** @throws ApiError, BudgetExhaustedError, UnreachableError */
export function send<Answer>(options: HttpOptions, request: HttpRequest): Promise<Answer> {
  if (!request.repeatable) return attempt(options, request);
  return options.retry(() => attempt<Answer>(options, request), {
    retries: options.retries,
    delayMs: options.retryDelayMs,
    delayMsMax: options.retryDelayMs * DELAYS_MAX,
    mayPass,
  });
}

function mayPass(error: Error): boolean {
  if (error instanceof UnreachableError) return true;
  // It would be refused again: how to go on is for who makes the call to say.
  if (error instanceof BudgetExhaustedError) return false;
  return error instanceof ApiError && (error.status === 429 || error.status >= 500);
}

async function attempt<Answer>(options: HttpOptions, request: HttpRequest): Promise<Answer> {
  const { response, text } = await exchange(options, request);
  if (!response.ok) throw errorOf(problemOf(response, text));
  try {
    return JSON.parse(text) as Answer;
  } catch {
    throw new ApiError(
      problem(
        response.status,
        `${options.apiUrl} does not answer as ai-usage does; is it the right address?`,
      ),
    );
  }
}

async function exchange(options: HttpOptions, { method, path, query, body }: HttpRequest) {
  const { apiUrl, token, timeoutMs } = options;
  try {
    const response = await options.fetch(`${apiUrl}${path}${queryText(query)}`, {
      method,
      headers: {
        accept: "application/json",
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { response, text: await response.text() };
  } catch (cause) {
    throw new UnreachableError(apiUrl, reasonOf(cause, timeoutMs), { cause });
  }
}

function queryText(query: object = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return parameters.size > 0 ? `?${parameters}` : "";
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${timeoutMs / 1000} s`;
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  // Several addresses tried and failed come as one error with a code and no message.
  return cause.message || ("code" in cause ? String(cause.code) : error.message);
}

/** The API's own document; or one for what the gateway in front of it says, which are no problem documents. */
function problemOf(response: Response, text: string): Problem {
  const { status } = response;
  try {
    const document: unknown = JSON.parse(text);
    if (isProblem(document)) return document;
  } catch {
    // Not JSON: the status is all there is.
  }
  switch (status) {
    case 401:
    case 403:
      return problem(status, "the token was not accepted: it is wrong, expired or revoked");
    case 413:
      return problem(status, "the request is too large, send less at a time");
    case 429:
      return problem(status, "too many requests at once, try again later");
    default:
      return problem(status, `the answer was ${status} ${response.statusText}`.trimEnd());
  }
}

function errorOf(problem: Problem): ApiError {
  return isExhausted(problem) ? new BudgetExhaustedError(problem) : new ApiError(problem);
}

// Not imported from the wire package: a client would carry the schemas of all requests along.
const BUDGET_EXHAUSTED: BudgetExhausted["type"] = "urn:ai-usage:problem:budget-exhausted";

function isExhausted(problem: Problem): problem is BudgetExhausted {
  return (
    problem.type === BUDGET_EXHAUSTED &&
    "budgets" in problem &&
    Array.isArray(problem.budgets) &&
    "retry_after_seconds" in problem &&
    typeof problem.retry_after_seconds === "number"
  );
}

function problem(status: number, detail: string): Problem {
  return { type: "about:blank", title: "Request failed", status, detail };
}

function isProblem(document: unknown): document is Problem {
  return (
    typeof document === "object" &&
    document !== null &&
    "status" in document &&
    typeof document.status === "number" &&
    "detail" in document &&
    typeof document.detail === "string"
  );
}
