import {
  type Caller,
  customScopesOf,
  type Instant,
  mayAccess,
  type ScopedOutcome,
  scopesOfOutcome,
} from "@ai-usage/core";
import { recordOutcomes } from "@ai-usage/store";
import { type OutcomeResult, parseOutcome, parseOutcomesRequest, toWireOutcomesAnswer } from "@ai-usage/wire";
import type { Ingest } from "./ingest-request.ts";

/** What storing outcomes needs. */
export type OutcomeIngest = Pick<Ingest, "table" | "scopeMetadataKeys" | "retentionDays">;

/**
 * Reads and stores the outcomes of a request; those that are refused lose nothing of the others.
 * @throws ProblemError when the body as a whole is unusable
 */
export async function outcomesRequest(ingest: OutcomeIngest, body: unknown, now: Instant, caller?: Caller) {
  const request = parseOutcomesRequest(body);
  const results: OutcomeResult[] = [];
  const accepted: { index: number; outcome: ScopedOutcome }[] = [];
  for (const [index, input] of request.entries.entries()) {
    const read = readOutcome(ingest, input, now, caller);
    if ("outcome" in read) accepted.push({ index, outcome: read });
    else results[index] = read;
  }
  const recorded = await recordOutcomes(
    ingest.table,
    accepted.map(({ outcome }) => outcome),
    ingest,
  );
  for (const [position, { index, outcome }] of accepted.entries()) {
    const status = recorded[position];
    if (status) results[index] = { status, outcomeId: outcome.outcome.outcomeId };
  }
  return toWireOutcomesAnswer(results, request);
}

function readOutcome(
  { retentionDays, scopeMetadataKeys }: OutcomeIngest,
  input: unknown,
  now: Instant,
  caller: Caller | undefined,
): ScopedOutcome | OutcomeResult {
  const parsed = parseOutcome(input, { now, retentionDays });
  if ("errors" in parsed) return { status: "rejected", ...parsed };
  const { outcome } = parsed;
  const scoped = { outcome, customScopes: customScopesOf(outcome, scopeMetadataKeys) };
  if (!caller || mayAccess(caller, scopesOfOutcome(scoped))) return scoped;
  const message = `must fall under one of this token's scopes: ${caller.scopes?.join(", ")}`;
  return { status: "rejected", outcomeId: outcome.outcomeId, errors: [{ field: "(scope)", message }] };
}
