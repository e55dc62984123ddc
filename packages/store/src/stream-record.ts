import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { Item } from "./item.ts";
import { ItemReader } from "./item.ts";
import type { Key } from "./keys.ts";

/** The parts of a DynamoDB stream record that we read, in the shape that Lambda gets it. */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: "INSERT" | "MODIFY" | "REMOVE";
  readonly userIdentity?: { readonly principalId?: string };
  readonly dynamodb: {
    readonly SequenceNumber: string;
    /** Seconds since 1970. */
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Record<string, AttributeValue>;
    readonly OldImage?: Record<string, AttributeValue>;
    readonly NewImage?: Record<string, AttributeValue>;
  };
}

export function itemBefore(record: StreamRecord): Item | undefined {
  return record.dynamodb.OldImage && unmarshallItem(record.dynamodb.OldImage);
}

export function itemAfter(record: StreamRecord): Item | undefined {
  return record.dynamodb.NewImage && unmarshallItem(record.dynamodb.NewImage);
}

export function keyOfRecord(record: StreamRecord): Key {
  return new ItemReader(unmarshallItem(record.dynamodb.Keys)).key();
}

/** Whether DynamoDB itself removed the item, because its time to live was over. */
export function isExpiry(record: StreamRecord): boolean {
  return record.eventName === "REMOVE" && record.userIdentity?.principalId === "dynamodb.amazonaws.com";
}

function unmarshallItem(image: Record<string, AttributeValue>): Item {
  return unmarshall(image, { wrapNumbers: true });
}
