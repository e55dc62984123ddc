import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Stack } from "../../template/stack.ts";
import { fixtureStack, temporaryDirectory } from "../../testing/fixture-assembly.ts";
import { AsyncInvocations } from "../lambda/async-invocations.ts";
import { Queues } from "../sqs.ts";
import { EventBuses } from "./event-bus.ts";
import { type ScheduledRules, startScheduledRules } from "./scheduled-rules.ts";

const MINUTE_MS = 60_000;
const sweepTarget = { Id: "Target0", Arn: { "Fn::GetAtt": ["Sweep", "Arn"] } };

/** A stack of one function and one rule. */
function ruleStack(rule: Record<string, unknown>): Stack {
  return fixtureStack({
    resources: {
      Bus: { Type: "AWS::Events::EventBus", Properties: { Name: "alerts" } },
      Dead: { Type: "AWS::SQS::Queue", Properties: { QueueName: "dead" } },
      Sweep: { Type: "AWS::Lambda::Function", Properties: { FunctionName: "sweep" } },
      Rule: { Type: "AWS::Events::Rule", Properties: { Targets: [sweepTarget], ...rule } },
    },
  });
}

let directory: ReturnType<typeof temporaryDirectory>;
let invoked: { name: string; event: unknown }[];
let invocations: AsyncInvocations;
let schedules: ScheduledRules | undefined;

function openInvocations(stack: Stack): AsyncInvocations {
  return new AsyncInvocations({
    stack,
    invoke: async (name, event) => {
      invoked.push({ name, event });
      return { requestId: "1", payload: null };
    },
    queues: new Queues(stack, join(directory.path, "queues")),
    journalFile: join(directory.path, "journal.jsonl"),
    log: () => {},
  });
}

function start(rule: Record<string, unknown>): Stack {
  const stack = ruleStack(rule);
  invocations = openInvocations(stack);
  invocations.start();
  schedules = startScheduledRules(stack, invocations);
  return stack;
}

async function pass(minutes: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(minutes * MINUTE_MS);
  await invocations.drained();
}

beforeEach(() => {
  directory = temporaryDirectory();
  invoked = [];
  vi.useFakeTimers({
    toFake: ["setTimeout", "clearTimeout", "Date"],
    now: new Date("2026-11-22T10:00:00.5Z"),
  });
});

afterEach(async () => {
  vi.useRealTimers();
  await schedules?.stop();
  await invocations?.stop();
  directory.remove();
});

describe("rule with a schedule", () => {
  it("invokes its targets once per period with a scheduled event", async () => {
    start({ ScheduleExpression: "rate(5 minutes)" });
    await pass(4);
    expect(invoked).toEqual([]);
    await pass(1);
    expect(invoked).toEqual([
      {
        name: "sweep",
        event: {
          version: "0",
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          "detail-type": "Scheduled Event",
          source: "aws.events",
          account: "000000000000",
          time: "2026-11-22T10:05:00Z",
          region: "us-east-1",
          resources: ["arn:aws:events:us-east-1:000000000000:rule/fixture-Rule"],
          detail: {},
        },
      },
    ]);
    await pass(10);
    expect(invoked).toHaveLength(3);
    expect(new Set(invoked.map(({ event }) => JSON.stringify(event))).size).toBe(3);
  });

  it("gives a target its Input instead of the event", async () => {
    const Input = { "Fn::Join": ["", ['{"function":"', { Ref: "Sweep" }, '"}']] };
    const Targets = [
      { ...sweepTarget, Input },
      { ...sweepTarget, Id: "Target1", Input: "null" },
    ];
    start({ ScheduleExpression: "rate(1 minute)", Targets });
    await pass(1);
    expect(invoked.map(({ event }) => event)).toEqual([{ function: "sweep" }, null]);
  });

  it("may have a pattern, too", async () => {
    const stack = start({ ScheduleExpression: "rate(1 hour)", EventPattern: { source: ["ai-usage"] } });
    const put = (source: string) =>
      new EventBuses(stack, invocations).put({
        source,
        detailType: "Asked",
        detail: {},
        resources: [],
        time: new Date(),
        busName: "default",
      });
    put("ai-usage");
    put("elsewhere");
    await pass(60);
    expect(invoked).toMatchObject([
      { event: { "detail-type": "Asked", source: "ai-usage" } },
      { event: { "detail-type": "Scheduled Event" } },
    ]);
  });

  it("takes no event from the bus when it has no pattern", async () => {
    const stack = start({ ScheduleExpression: "rate(1 hour)" });
    new EventBuses(stack, invocations).put({
      source: "aws.events",
      detailType: "Scheduled Event",
      detail: {},
      resources: [],
      time: new Date(),
      busName: "default",
    });
    expect(invocations.pending).toBe(0);
  });

  it("sends nothing while it is switched off, and its schedule need not be understood", async () => {
    start({ ScheduleExpression: "cron(0 6 * * ? *)", State: "DISABLED" });
    await pass(2 * 24 * 60);
    expect(invoked).toEqual([]);
  });

  it("sends nothing once it is stopped", async () => {
    start({ ScheduleExpression: "rate(1 minute)" });
    await pass(1);
    await schedules?.stop();
    await pass(60);
    expect(invoked).toHaveLength(1);
  });

  it("has on disk what it sent, for the next start", async () => {
    const stack = ruleStack({ ScheduleExpression: "rate(1 minute)" });
    invocations = openInvocations(stack);
    schedules = startScheduledRules(stack, invocations);
    vi.advanceTimersByTime(MINUTE_MS);
    await schedules.stop();
    invocations = openInvocations(stack);
    invocations.start();
    await invocations.drained();
    expect(invoked).toMatchObject([{ name: "sweep", event: { time: "2026-11-22T10:01:00Z" } }]);
  });
});

describe("rule that cannot be run", () => {
  const problem = (rule: Record<string, unknown>) => () => start(rule);

  it("is refused with neither pattern nor schedule", () => {
    expect(problem({})).toThrow("Rule: needs an EventPattern or a ScheduleExpression");
  });

  it("is refused with a schedule that is not imitated or not one at all", () => {
    expect(problem({ ScheduleExpression: "cron(0 6 * * ? *)" })).toThrow(
      "Rule, property ScheduleExpression: the local runtime does not imitate cron",
    );
    expect(problem({ ScheduleExpression: "rate(5 minute)" })).toThrow(
      "Rule, property ScheduleExpression: must be like rate(1 hour) or rate(5 minutes), not rate(5 minute)",
    );
  });

  it("is refused with a schedule on a bus of one's own", () => {
    expect(problem({ ScheduleExpression: "rate(1 hour)", EventBusName: { Ref: "Bus" } })).toThrow(
      "Rule, property ScheduleExpression: EventBridge has schedules on the default event bus only",
    );
  });

  it("is refused with a target that is no function or gets something else", () => {
    const withTarget = (change: Record<string, unknown>) =>
      problem({ ScheduleExpression: "rate(1 hour)", Targets: [{ ...sweepTarget, ...change }] });
    expect(withTarget({ Arn: { "Fn::GetAtt": ["Dead", "Arn"] } })).toThrow(
      "Rule, property Targets.0.Arn: must be a Lambda function",
    );
    expect(withTarget({ Input: "not JSON" })).toThrow("Rule, property Targets.0.Input: must be JSON");
    expect(withTarget({ InputPath: "$.detail" })).toThrow("InputPath");
  });
});
