import { randomUUID } from "node:crypto";
import { ACCOUNT_ID, REGION } from "../../template/physical-ids.ts";

/** What EventBridge hands to a target that has no `Input`. */
export interface EventBridgeEvent {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": string;
  readonly source: string;
  readonly account: string;
  /** To the second. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface EventContent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly resources: readonly string[];
  readonly time: Date;
}

export function newEvent({ source, detailType, detail, resources, time }: EventContent): EventBridgeEvent {
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": detailType,
    source,
    account: ACCOUNT_ID,
    time: time.toISOString().replace(/\.\d+Z$/, "Z"),
    region: REGION,
    resources,
    detail,
  };
}
