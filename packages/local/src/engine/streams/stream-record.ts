/** A record as Lambda delivers it; images are in DynamoDB JSON. */
export interface StreamRecord {
  eventID: string;
  eventName: "INSERT" | "MODIFY" | "REMOVE";
  eventVersion: string;
  eventSource: "aws:dynamodb";
  awsRegion: string;
  dynamodb: {
    /** Seconds since 1970. */
    ApproximateCreationDateTime: number;
    Keys: Record<string, unknown>;
    NewImage?: Record<string, unknown>;
    OldImage?: Record<string, unknown>;
    SequenceNumber: string;
    SizeBytes: number;
    StreamViewType: string;
  };
  userIdentity?: { type: string; principalId: string };
  eventSourceARN: string;
}

/** Numbers of any length: "9" is before "10", and zeros in front do not count. */
export function isAfter(sequenceNumber: string, other: string): boolean {
  if (sequenceNumber.length === other.length) return sequenceNumber > other;
  return BigInt(sequenceNumber) > BigInt(other);
}

export function maxSequenceNumber(numbers: readonly (string | undefined)[]): string | undefined {
  return numbers.reduce((max, number) => {
    if (number === undefined) return max;
    return max === undefined || isAfter(number, max) ? number : max;
  }, undefined);
}
