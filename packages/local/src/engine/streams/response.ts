import * as z from "zod";
import type { InvokeResult, JsonValue } from "../functions/invoke-result.ts";

/** What an invocation means for the batch. `state` is the tumbling window's new state. */
export type Outcome =
  | { kind: "success"; state: JsonValue }
  /** The records before `failedFrom` are done. */
  | { kind: "partial"; failedFrom: number; state: JsonValue }
  | { kind: "failed"; reason: string };

const tumblingResponse = z.object({ state: z.json() });

const itemFailures = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish(),
});

type Numbered = { dynamodb: { SequenceNumber: string } };

export interface ResponseRules {
  isTumbling: boolean;
  reportsItemFailures: boolean;
}

/**
 * Reads an answer as AWS does: an error, or an answer that is not to be understood, fails the whole batch; reported
 * failures count from the lowest on; nothing reported is success.
 */
export function readOutcome(
  result: InvokeResult,
  records: readonly Numbered[],
  rules: ResponseRules,
): Outcome {
  if (result.functionError !== undefined) {
    const { errorType, errorMessage } = result.payload;
    return { kind: "failed", reason: `${errorType}: ${errorMessage}` };
  }
  const tumbling = tumblingResponse.safeParse(result.payload);
  if (rules.isTumbling && !tumbling.success) return { kind: "failed", reason: "the answer has no state" };
  const state = tumbling.data?.state ?? {};
  if (!rules.reportsItemFailures || result.payload === null) return { kind: "success", state };
  return readItemFailures(result.payload, records, state);
}

function readItemFailures(payload: JsonValue, records: readonly Numbered[], state: JsonValue): Outcome {
  const parsed = itemFailures.safeParse(payload);
  if (!parsed.success) return { kind: "failed", reason: "batchItemFailures cannot be read" };
  const reported = parsed.data.batchItemFailures ?? [];
  if (reported.length === 0) return { kind: "success", state };
  const places = new Map(records.map(({ dynamodb }, place) => [dynamodb.SequenceNumber, place]));
  const failed = reported.map(({ itemIdentifier }) => places.get(itemIdentifier) ?? -1);
  const failedFrom = Math.min(...failed);
  if (failedFrom < 0)
    return { kind: "failed", reason: "batchItemFailures names a record that was not in the batch" };
  return { kind: "partial", failedFrom, state };
}
