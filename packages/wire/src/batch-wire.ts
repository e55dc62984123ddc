import { type FieldError, fieldProblem, ProblemError } from "./problem.ts";

/** What a request to store things holds, each still unread: one, or a list of them under a name. */
export interface Batch {
  readonly entries: readonly unknown[];
  /** Whether they came as a list, so that messages name the place in it. */
  readonly listed: boolean;
}

export interface BatchRules {
  /** Name of the list: `metrics`. */
  readonly list: string;
  /** What one is, for the message: `one metric`. */
  readonly one: string;
  readonly entriesMax: number;
}

/** @throws ProblemError when the body as a whole is unusable */
export function parseBatch(body: unknown, { list, one, entriesMax }: BatchRules): Batch {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw fieldProblem("(body)", `must be ${one}, or {"${list}": [...]}`);
  }
  if (!Object.hasOwn(body, list)) return { entries: [body], listed: false };
  const { [list]: entries, ...others } = body as Record<string, unknown>;
  const [other] = Object.keys(others);
  if (other !== undefined) throw fieldProblem(other.slice(0, 64), "is not a field that is known here");
  if (!Array.isArray(entries)) throw fieldProblem(list, "must be a list");
  if (entries.length === 0) throw fieldProblem(list, "must not be empty");
  if (entries.length > entriesMax) {
    throw new ProblemError(
      413,
      `${list} must have at most ${entriesMax} entries, send the rest in another request`,
      [{ field: list, message: `must have at most ${entriesMax} entries` }],
    );
  }
  return { entries, listed: true };
}

export const batchStatuses = ["recorded", "duplicate", "conflict", "rejected"] as const;
export type BatchStatus = (typeof batchStatuses)[number];

/** How many there were of each; the HTTP status is 200 when everything is stored, now or before, 207 otherwise. */
export function batchSummary(results: readonly { readonly status: BatchStatus }[]) {
  const count = (status: BatchStatus) => results.filter((one) => one.status === status).length;
  const summary = {
    received: results.length,
    recorded: count("recorded"),
    duplicate: count("duplicate"),
    conflict: count("conflict"),
    rejected: count("rejected"),
  };
  return { status: summary.conflict + summary.rejected === 0 ? 200 : 207, summary };
}

/** What is wrong with one of a batch. `prefix`: where it stands, `metrics[3].`. */
export function toWireErrors(errors: readonly FieldError[], prefix: string) {
  const [first, ...more] = errors.map(({ field, message }) => ({ field: prefix + field, message }));
  return { error: first, more_errors: more.length > 0 ? more : undefined };
}
