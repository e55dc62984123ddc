import * as z from "zod";
import { compilePattern, type EventMatcher } from "../../engine/index.ts";
import { UnsupportedTemplateError } from "../../template/errors.ts";
import type { Stack } from "../../template/stack.ts";
import type { AsyncInvocations } from "../lambda/async-invocations.ts";
import type { EventBridgeEvent } from "./event.ts";
import { parseRate } from "./rate.ts";

/** A target that would get something else than the event or a constant is refused. */
const target = z.strictObject({
  Id: z.string(),
  Arn: z.string().regex(/^arn:[\w-]+:lambda:.*:function:/, "must be a Lambda function"),
  /** Text of JSON, which the target gets instead of the event. */
  Input: z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: "custom", message: "must be JSON" });
        return z.NEVER;
      }
    })
    .optional(),
  // How often and how long EventBridge tries to hand an event to Lambda. On one machine that never fails; what the
  // function does with the event is a matter of its own retries.
  RetryPolicy: z.unknown().optional(),
  DeadLetterConfig: z.unknown().optional(),
});

const reading = {
  type: "AWS::Events::Rule",
  schema: z.object({
    EventBusName: z.string().default("default"),
    EventPattern: z.record(z.string(), z.unknown()).optional(),
    ScheduleExpression: z.string().optional(),
    State: z.enum(["ENABLED", "DISABLED"]).default("ENABLED"),
    Targets: z.array(target).default([]),
  }),
  ignored: ["Name", "Description", "RoleArn", "Tags"],
};
type Properties = z.output<typeof reading.schema>;

/** A rule that is switched on: it has a pattern, a schedule, or both. */
export interface Rule {
  readonly arn: string;
  readonly busName: string;
  readonly matches: EventMatcher | undefined;
  /** Time between two events of its schedule. */
  readonly periodMs: number | undefined;
  readonly targets: Properties["Targets"];
}

/** @throws UnsupportedTemplateError · InvalidEventPatternError */
export function readRules(stack: Stack): Rule[] {
  return stack
    .resources(reading)
    .filter(({ properties }) => properties.State === "ENABLED")
    .map(({ logicalId, properties }) => {
      const { EventBusName, EventPattern, Targets } = properties;
      const periodMs = periodOf(logicalId, properties);
      if (EventPattern === undefined && periodMs === undefined) {
        throw new UnsupportedTemplateError(logicalId, "", "needs an EventPattern or a ScheduleExpression");
      }
      return {
        arn: stack.attribute(logicalId, "Arn") ?? logicalId,
        busName: EventBusName,
        matches: EventPattern && compilePattern(EventPattern),
        periodMs,
        targets: Targets,
      };
    });
}

function periodOf(logicalId: string, { ScheduleExpression, EventBusName }: Properties): number | undefined {
  if (ScheduleExpression === undefined) return undefined;
  const refusal = (reason: string) => new UnsupportedTemplateError(logicalId, "ScheduleExpression", reason);
  if (EventBusName !== "default") throw refusal("EventBridge has schedules on the default event bus only");
  const periodMs = parseRate(ScheduleExpression);
  if (periodMs !== undefined) return periodMs;
  throw refusal(
    ScheduleExpression.startsWith("cron(")
      ? `the local runtime does not imitate cron: say rate(…), or disable the rule, instead of ${ScheduleExpression}`
      : `must be like rate(1 hour) or rate(5 minutes), not ${ScheduleExpression}`,
  );
}

/** Every delivery is on disk when this returns. */
export function deliver(event: EventBridgeEvent, { targets }: Rule, invocations: AsyncInvocations): void {
  for (const { Arn, Input } of targets) invocations.enqueue(Arn, Input === undefined ? event : Input);
}
