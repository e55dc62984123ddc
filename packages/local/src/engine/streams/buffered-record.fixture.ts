import type { BufferedRecord } from "./batching.ts";

/** A record of which only its times and its size matter. */
export function bufferedRecord(createdMs: number, seenAtMs = createdMs, SizeBytes = 100): BufferedRecord {
  return {
    createdMs,
    seenAtMs,
    record: {
      eventID: `${createdMs}`,
      eventName: "INSERT",
      eventVersion: "1.1",
      eventSource: "aws:dynamodb",
      awsRegion: "us-east-1",
      eventSourceARN: "arn",
      dynamodb: {
        ApproximateCreationDateTime: createdMs / 1000,
        Keys: {},
        SequenceNumber: `${createdMs}`,
        SizeBytes,
        StreamViewType: "NEW_AND_OLD_IMAGES",
      },
    },
  };
}
