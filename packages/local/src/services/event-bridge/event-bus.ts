import { randomUUID } from "node:crypto";
import * as z from "zod";
import { compilePattern, type EventMatcher } from "../../engine/index.ts";
import { ACCOUNT_ID, REGION } from "../../template/physical-ids.ts";
import type { Stack } from "../../template/stack.ts";
import type { AsyncInvocations } from "../lambda/async-invocations.ts";

/** A target that would get something else than the event itself is refused. */
const target = z.strictObject({
  Id: z.string(),
  Arn: z.string(),
  // How often and how long EventBridge tries to hand an event to Lambda. On one machine that never fails; what the
  // function does with the event is a matter of its own retries.
  RetryPolicy: z.unknown().optional(),
  DeadLetterConfig: z.unknown().optional(),
});

const ruleReading = {
  type: "AWS::Events::Rule",
  schema: z.object({
    EventBusName: z.string().default("default"),
    EventPattern: z.record(z.string(), z.unknown()),
    State: z.enum(["ENABLED", "DISABLED"]).default("ENABLED"),
    Targets: z.array(target).default([]),
  }),
  ignored: ["Name", "Description", "RoleArn", "Tags"],
};

const busReading = {
  type: "AWS::Events::EventBus",
  schema: z.object({ Name: z.string().optional() }),
  ignored: ["Description", "DeadLetterConfig", "KmsKeyIdentifier", "Policy", "Tags"],
};

interface Rule {
  readonly busName: string;
  readonly matches: EventMatcher;
  readonly functionArns: readonly string[];
}

/** One entry of PutEvents, already checked. */
export interface NewEvent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly resources: readonly string[];
  readonly time: Date;
  readonly busName: string;
}

/** The buses of the template and their rules: an event goes to the targets of every rule whose pattern it matches. */
export class EventBuses {
  readonly #buses: ReadonlySet<string>;
  readonly #rules: readonly Rule[];
  readonly #invocations: AsyncInvocations;

  constructor(stack: Stack, invocations: AsyncInvocations) {
    this.#buses = new Set([
      "default",
      ...stack.resources(busReading).flatMap(({ logicalId }) => stack.ref(logicalId) ?? []),
    ]);
    this.#rules = stack
      .resources(ruleReading)
      .filter(({ properties }) => properties.State === "ENABLED")
      .map(({ properties }) => ({
        busName: properties.EventBusName,
        matches: compilePattern(properties.EventPattern),
        functionArns: properties.Targets.map(({ Arn }) => Arn),
      }));
    this.#invocations = invocations;
  }

  has(busName: string): boolean {
    return this.#buses.has(busName);
  }

  /** Every delivery is on disk when this returns. @returns the event's id */
  put(entry: NewEvent): string {
    const event = {
      version: "0",
      id: randomUUID(),
      "detail-type": entry.detailType,
      source: entry.source,
      account: ACCOUNT_ID,
      time: entry.time.toISOString().replace(/\.\d+Z$/, "Z"),
      region: REGION,
      resources: entry.resources,
      detail: entry.detail,
    };
    for (const { busName, matches, functionArns } of this.#rules) {
      if (busName !== entry.busName || !matches(event)) continue;
      for (const functionArn of functionArns) this.#invocations.enqueue(functionArn, event);
    }
    return event.id;
  }
}
