import { setTimeout as sleep } from "node:timers/promises";
import {
  alertIdOf,
  type Budget,
  coverOf,
  instantFromEpochMs,
  Money,
  periodAt,
  type Scope,
  scopeOf,
  type Threshold,
} from "@ai-usage/core";
import type { WireMetric } from "@ai-usage/demo";
import { type LocalStack, startLocalStack } from "@ai-usage/local";
import { createBudget, listAlerts, readScopeTotals, type Table } from "@ai-usage/store";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { alertKey } from "../../packages/store/src/keys.ts";
import type { Benchmark, BenchmarkResult, Finding, RunOptions } from "./benchmark.ts";
import { eventsOf } from "./events.ts";
import { openStackTable } from "./scratch-table.ts";
import { httpApi } from "./senders.ts";
import { percentile } from "./statistics.ts";

const SAMPLES = 120;
const QUICK_SAMPLES = 40;
const WARM_UP_SAMPLES = 10;
/** Each sample comes with other events, which makes a hundred a second. */
const SAMPLE_EVERY_MS = 250;
const EVENTS_PER_REQUEST = 25;
/** How fine the figures are: often enough to see, seldom enough not to be the load. */
const POLL_MS = 25;
const GIVE_UP_MS = 30_000;

const threshold: Threshold = { percent: "100", level: "EXCEEDED" };
const TOTAL_GOAL = { atMost: 2_000 };

/** Milliseconds since the API had answered that the event is recorded. */
interface Sample {
  readonly totalMs: number;
  readonly alertMs: number;
  readonly mailMs: number;
}

export const latency: Benchmark = {
  name: "latency",
  question: "How long after ingest has answered is an event in its totals, and the alert raised and mailed?",
  async run({ quick, log }: RunOptions): Promise<BenchmarkResult> {
    const count = quick ? QUICK_SAMPLES : SAMPLES;
    const stack = await startLocalStack({ ephemeral: true, log });
    try {
      const table = openStackTable(stack);
      const budgets = await createBudgets(table, WARM_UP_SAMPLES + count);
      await stack.drained();
      log(`${count} samples, one every ${SAMPLE_EVERY_MS} ms`);
      const pending: Promise<Omit<Sample, "mailMs"> & { answeredAtMs: number; alertId: string }>[] = [];
      for (const budget of budgets) {
        pending.push(takeSample(stack, table, budget));
        await sleep(SAMPLE_EVERY_MS);
      }
      const seen = await Promise.all(pending);
      await stack.drained();
      const mailedAtMs = await mailTimes(table);
      const samples = seen
        .slice(WARM_UP_SAMPLES)
        .map(({ answeredAtMs, alertId, totalMs, alertMs }): Sample => {
          return { totalMs, alertMs, mailMs: (mailedAtMs.get(alertId) ?? Number.NaN) - answeredAtMs };
        });
      return { findings: findingsOf(samples), notes, samples };
    } finally {
      await stack.stop();
    }
  },
};

/** A budget for each sample, of a user that nobody else is, and crossed by the first event. */
async function createBudgets(table: Table, count: number): Promise<Budget[]> {
  const budgets = Array.from({ length: count }, (_, index): Budget => {
    return {
      budgetId: `benchmark-${index}`,
      name: `sample ${index}`,
      scope: scopeOf("user", `sample-${index}`),
      amount: Money.parse("0.000001"),
      period: "monthly",
      timeZone: "UTC",
      thresholds: [threshold],
      active: true,
      revision: 1,
      createdAt: instantFromEpochMs(Date.now()),
    };
  });
  for (const budget of budgets) await createBudget(table, budget);
  return budgets;
}

async function takeSample(stack: LocalStack, table: Table, budget: Budget) {
  const now = instantFromEpochMs(Date.now());
  const period = periodAt(budget.period, now, budget.timeZone);
  const alertId = alertIdOf(budget, period, threshold);
  await httpApi(stack)(eventsWith(budget.scope, budget.budgetId));
  const answered = performance.now();
  const answeredAtMs = Date.now();
  await until(async () => (await readScopeTotals(table, budget.scope, coverOf(period))).calls === 1);
  const totalMs = performance.now() - answered;
  await until(async () => {
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.name, Key: alertKey(alertId), ConsistentRead: true }),
    );
    return Item !== undefined;
  });
  return { alertId, answeredAtMs, totalMs, alertMs: performance.now() - answered };
}

function eventsWith(scope: Scope, idPrefix: string): WireMetric[] {
  const [first, ...others] = eventsOf({ count: EVENTS_PER_REQUEST, endMs: Date.now(), idPrefix });
  if (first === undefined) throw new RangeError("a request has at least one event");
  const [, user = ""] = scope.split(":");
  return [{ ...first, timestamp: new Date().toISOString(), user_id: user }, ...others];
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + GIVE_UP_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`nothing has come of an event in ${GIVE_UP_MS} ms`);
    await sleep(POLL_MS);
  }
}

/** When each alert's mail was sent, by the notifying function's own word. */
async function mailTimes(table: Table): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  let cursor: string | undefined;
  do {
    const page = await listAlerts(table, { limit: 100, cursor });
    for (const { alert, deliveries } of page.items) {
      const sent = deliveries.find(({ state }) => state === "sent");
      if (sent) times.set(alert.alertId, Date.parse(sent.at));
    }
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return times;
}

function findingsOf(samples: readonly Sample[]): Finding[] {
  const stages = [
    { name: "total is read", of: (one: Sample) => one.totalMs, goal: TOTAL_GOAL },
    { name: "alert is stored", of: (one: Sample) => one.alertMs, goal: undefined },
    { name: "mail is sent", of: (one: Sample) => one.mailMs, goal: undefined },
  ];
  return stages.flatMap(({ name, of, goal }) =>
    [50, 99].map((percent) => ({
      measure: `${name}, p${percent} of ${samples.length}`,
      value: percentile(samples.map(of), percent),
      unit: "ms",
      goal: percent === 99 ? goal : undefined,
    })),
  );
}

const notes = [
  `From the answer of POST /ai_usage on, at 100 events a second; looked for every ${POLL_MS} ms, so figures are up to that much too high.`,
  "The stream's window of a second, which makes batches and so saves write units, is most of it.",
];
