import * as z from "zod";
import type { Stack } from "../../template/stack.ts";
import type { AsyncInvocations } from "../lambda/async-invocations.ts";
import { type EventContent, newEvent } from "./event.ts";
import { deliver, type Rule, readRules } from "./rules.ts";

const busReading = {
  type: "AWS::Events::EventBus",
  schema: z.object({ Name: z.string().optional() }),
  ignored: ["Description", "DeadLetterConfig", "KmsKeyIdentifier", "Policy", "Tags"],
};

/** One entry of PutEvents, already checked. */
export interface NewEvent extends EventContent {
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
    this.#rules = readRules(stack);
    this.#invocations = invocations;
  }

  has(busName: string): boolean {
    return this.#buses.has(busName);
  }

  /** Every delivery is on disk when this returns. @returns the event's id */
  put(entry: NewEvent): string {
    const event = newEvent(entry);
    for (const rule of this.#rules) {
      if (rule.busName === entry.busName && rule.matches?.(event)) deliver(event, rule, this.#invocations);
    }
    return event.id;
  }
}
