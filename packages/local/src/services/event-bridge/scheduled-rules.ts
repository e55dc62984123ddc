import type { Stack } from "../../template/stack.ts";
import type { AsyncInvocations } from "../lambda/async-invocations.ts";
import { newEvent } from "./event.ts";
import { everyPeriod } from "./rate.ts";
import { deliver, readRules } from "./rules.ts";

export interface ScheduledRules {
  /** No event is made afterwards. */
  stop(): Promise<void>;
}

/** Runs the schedules of the template: each begins a period from now, whenever it fired in an earlier run. */
export function startScheduledRules(stack: Stack, invocations: AsyncInvocations): ScheduledRules {
  const ends = readRules(stack).flatMap((rule) => {
    if (rule.periodMs === undefined) return [];
    return everyPeriod(rule.periodMs, (time) => {
      const event = newEvent({
        source: "aws.events",
        detailType: "Scheduled Event",
        detail: {},
        resources: [rule.arn],
        time,
      });
      deliver(event, rule, invocations);
    });
  });
  return {
    stop: async () => {
      for (const end of ends) end();
    },
  };
}
