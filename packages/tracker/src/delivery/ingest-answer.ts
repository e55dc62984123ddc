import { type LineOutcome, STORED, TransportError } from "./transport.ts";

/** What a request to store things is about, by the name that its body has for them. */
export type Stored = "metrics" | "outcomes";

/** The body of a request to store them, put together from their JSON as it is. */
export const ingestBody = (lines: readonly string[], stored: Stored = "metrics"): string =>
  `{"${stored}":[${lines.join(",")}]}`;

/**
 * What ingest says became of each metric.
 * @throws TransportError when it is no answer of ingest's
 */
export function ingestOutcomes(answer: unknown): LineOutcome[] {
  if (isObject(answer) && Array.isArray(answer.results)) return answer.results.map(outcomeOf);
  throw new TransportError("the answer is not one of ai-usage; is it the right address?", {
    reason: "misconfigured",
  });
}

/** A problem document, or what stands for one: what an answer says is wrong with all of the request. */
export function problemOf(answer: unknown): { readonly status: number; readonly detail: string } | undefined {
  if (!isObject(answer) || typeof answer.status !== "number" || typeof answer.detail !== "string")
    return undefined;
  const { status, detail } = answer;
  return { status, detail };
}

/** What a status of HTTP says about sending the same again. @param isOurs whether ai-usage itself has said it */
export function failureOf(status: number, isOurs: boolean): TransportError["reason"] {
  if (status === 413) return "too_large";
  if ((status === 400 || status === 422) && isOurs) return "refused";
  if (status === 408 || status === 425 || status === 429 || status >= 500) return "unavailable";
  // A token, an address or a permission. What somebody else says of the metrics is not believed either.
  return "misconfigured";
}

function outcomeOf(result: unknown): LineOutcome {
  if (!isObject(result)) return { status: "rejected", message: "no outcome was told" };
  const { status, error } = result;
  if (status === "recorded" || status === "duplicate") return STORED;
  if (status === "conflict") return { status };
  const { field, message } = isObject(error) ? error : {};
  return {
    status: "rejected",
    message: typeof message === "string" ? message : "it was refused",
    // Without the place in the request, which says nothing to who sent many.
    ...(typeof field === "string" && { field: field.replace(/^(?:metrics|outcomes)\[\d+\]\./, "") }),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
