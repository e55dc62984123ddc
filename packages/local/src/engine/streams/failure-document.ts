import { randomUUID } from "node:crypto";
import type { BufferedRecord } from "./batching.ts";

export type DiscardReason = "RetryAttemptsExhausted" | "RecordAgeExceeded";

/** What AWS sends to the on-failure destination: where the records are, not the records. */
export interface FailureDocument {
  requestContext: {
    requestId: string;
    functionArn: string;
    condition: DiscardReason;
    approximateInvokeCount: number;
  };
  responseContext: { statusCode: 200; executedVersion: "$LATEST"; functionError: "Unhandled" };
  version: "1.0";
  timestamp: string;
  DDBStreamBatchInfo: {
    shardId: string;
    startSequenceNumber: string;
    endSequenceNumber: string;
    approximateArrivalOfFirstRecord: string;
    approximateArrivalOfLastRecord: string;
    batchSize: number;
    streamArn: string;
  };
}

export interface Discarded {
  first: BufferedRecord;
  last: BufferedRecord;
  batchSize: number;
  reason: DiscardReason;
  invocations: number;
  functionArn: string;
  shardId: string;
  nowMs: number;
}

export function failureDocument(discarded: Discarded): FailureDocument {
  const { first, last, batchSize, reason, invocations, functionArn, shardId, nowMs } = discarded;
  return {
    requestContext: {
      requestId: randomUUID(),
      functionArn,
      condition: reason,
      approximateInvokeCount: invocations,
    },
    responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
    version: "1.0",
    timestamp: new Date(nowMs).toISOString(),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: first.record.dynamodb.SequenceNumber,
      endSequenceNumber: last.record.dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: new Date(first.createdMs).toISOString(),
      approximateArrivalOfLastRecord: new Date(last.createdMs).toISOString(),
      batchSize,
      streamArn: first.record.eventSourceARN,
    },
  };
}
