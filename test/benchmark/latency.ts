import { setTimeout as sleep } from "node:timers/promises";
import {
  alertIdOf,
  type BudgetTerms,
  coverOf,
  instantFromEpochMs,
  Money,
  newBudget,
  type Period,
  periodAt,
  scopeOf,
  type Threshold,
  UTC_CALENDAR,
} from "@ai-usage/core";
import type { WireMetric } from "@ai-usage/demo";
import { startLocalStack } from "@ai-usage/local";
import { createBudget, deliveriesOf, listAlerts, readScopeTotals, type Table } from "@ai-usage/store";
import { getItems } from "../../packages/store/src/batches.ts";
import { alertKey } from "../../packages/store/src/keys.ts";
import type { Benchmark, BenchmarkResult, Finding, RunOptions } from "./benchmark.ts";
import { eventsOf } from "./events.ts";
import { openStackTable } from "./scratch-table.ts";
import { httpApi, type Sender } from "./senders.ts";
import { percentile } from "./statistics.ts";

const SAMPLES = 120;
const QUICK_SAMPLES = 40;
const WARM_UP_SAMPLES = 24;
/** Each sample comes with other events, which makes a hundred a second. */
const SAMPLE_EVERY_MS = 250;
const EVENTS_PER_REQUEST = 25;
/** How fine the figures are: often enough to see, seldom enough not to be the load. */
const POLL_MS = 25;
const GIVE_UP_MS = 30_000;

const threshold: Threshold = { at: { percent: "100" }, on: "actual", level: "EXCEEDED" };
const TOTAL_GOAL = { atMost: 2_000 };

/** All samples count in this one, so that one read shows how many of them have been counted. */
const TEAM = "latency-samples";

/** An event whose way is watched. Times are of one clock, in milliseconds. */
interface Sample {
  readonly alertId: string;
  readonly event: WireMetric;
  answeredAt: number;
  countedAt: number;
  alertedAt: number;
  mailedAt: number;
}

export const latency: Benchmark = {
  name: "latency",
  question: "How long after ingest has answered is an event in its totals, and the alert raised and mailed?",
  async run({ quick, log }: RunOptions): Promise<BenchmarkResult> {
    const count = WARM_UP_SAMPLES + (quick ? QUICK_SAMPLES : SAMPLES);
    const stack = await startLocalStack({ ephemeral: true, log });
    try {
      const table = openStackTable(stack);
      const period = periodAt("monthly", instantFromEpochMs(Date.now()), UTC_CALENDAR);
      const samples: Sample[] = [];
      for (let index = 0; index < count; index++) samples.push(await newSample(table, period, index));
      await stack.drained();
      log(`${count} samples, one every ${SAMPLE_EVERY_MS} ms`);
      await Promise.all([sendAll(samples, httpApi(stack)), watchAll(samples, table, period)]);
      await stack.drained();
      await readMailTimes(samples, table);
      const measured = samples.slice(WARM_UP_SAMPLES).map((sample) => ({
        totalMs: sample.countedAt - sample.answeredAt,
        alertMs: sample.alertedAt - sample.answeredAt,
        mailMs: sample.mailedAt - sample.answeredAt,
      }));
      return { findings: findingsOf(measured), notes, samples: measured };
    } finally {
      await stack.stop();
    }
  },
};

/** An event of a user that nobody else is, and a budget of that user, which it will cross. */
async function newSample(table: Table, period: Period, index: number): Promise<Sample> {
  const user = `sample-${index}`;
  const terms: BudgetTerms = {
    name: user,
    scope: scopeOf("user", user),
    unit: "usd",
    amount: Money.parse("0.000001"),
    period: period.kind,
    calendar: UTC_CALENDAR,
    thresholds: [threshold],
    enforcement: "soft",
    failMode: "open",
    metadata: {},
  };
  const note = { changeId: "created", at: instantFromEpochMs(Date.now()), by: "benchmark" };
  const made = newBudget({ kind: "create", budgetId: `latency-${index}`, terms }, note);
  if (made.outcome === "invalid") throw new RangeError(`${made.field} ${made.problem}`);
  const { budget } = made;
  await createBudget(table, budget, note);
  const [event] = eventsOf({ count: 1, endMs: Date.now(), idPrefix: user });
  if (event === undefined) throw new RangeError("there is no event");
  return {
    alertId: alertIdOf(budget, period, threshold),
    event: { ...event, user_id: user, team: TEAM },
    answeredAt: Number.NaN,
    countedAt: Number.NaN,
    alertedAt: Number.NaN,
    mailedAt: Number.NaN,
  };
}

/** One after the other, so that they are counted in their order. */
async function sendAll(samples: readonly Sample[], send: Sender): Promise<void> {
  const startedAt = Date.now();
  for (const [index, sample] of samples.entries()) {
    await sleep(Math.max(0, startedAt + index * SAMPLE_EVERY_MS - Date.now()));
    const endMs = Date.now();
    const others = eventsOf({ count: EVENTS_PER_REQUEST - 1, endMs, idPrefix: `others-${index}` });
    await send([{ ...sample.event, timestamp: new Date(endMs).toISOString() }, ...others]);
    sample.answeredAt = Date.now();
  }
}

/** One loop for all samples: a loop for each would be most of the machine's work. */
async function watchAll(samples: readonly Sample[], table: Table, period: Period): Promise<void> {
  const giveUpAt = Date.now() + samples.length * SAMPLE_EVERY_MS + GIVE_UP_MS;
  let counted = 0;
  for (let alerted = 0; alerted < samples.length; ) {
    if (Date.now() > giveUpAt)
      throw new Error(`${alerted} of ${samples.length} samples were alerted in time`);
    const { calls } = await readScopeTotals(table, scopeOf("team", TEAM), coverOf(period));
    for (; counted < calls; counted++) Object.assign(samples[counted] ?? {}, { countedAt: Date.now() });
    alerted += await seeAlerts(
      samples.slice(0, counted).filter(({ alertedAt }) => Number.isNaN(alertedAt)),
      table,
    );
    await sleep(POLL_MS);
  }
}

/** @returns how many are there now */
async function seeAlerts(waiting: readonly Sample[], table: Table): Promise<number> {
  if (waiting.length === 0) return 0;
  const keys = waiting.map(({ alertId }) => alertKey(alertId));
  const found = new Set((await getItems(table, keys, ["alert_id"])).map(({ alert_id: id }) => id));
  const alerted = waiting.filter(({ alertId }) => found.has(alertId));
  for (const sample of alerted) sample.alertedAt = Date.now();
  return alerted.length;
}

/** By the word of the function that sends them. */
async function readMailTimes(samples: readonly Sample[], table: Table): Promise<void> {
  const byAlert = new Map(samples.map((sample) => [sample.alertId, sample]));
  let cursor: string | undefined;
  do {
    const page = await listAlerts(table, { limit: 100, cursor });
    const ids = page.items.map(({ alertId }) => alertId);
    for (const [alertId, deliveries] of await deliveriesOf(table, ids)) {
      const sent = deliveries.find(({ state }) => state === "sent");
      if (sent) Object.assign(byAlert.get(alertId) ?? {}, { mailedAt: Date.parse(sent.at) });
    }
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

interface Latencies {
  readonly totalMs: number;
  readonly alertMs: number;
  readonly mailMs: number;
}

function findingsOf(samples: readonly Latencies[]): Finding[] {
  const stages = [
    { name: "total is read", of: (one: Latencies) => one.totalMs, goal: TOTAL_GOAL },
    { name: "alert is stored", of: (one: Latencies) => one.alertMs, goal: undefined },
    { name: "mail is sent", of: (one: Latencies) => one.mailMs, goal: undefined },
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
  "Most of it is the second for which rollup's batches gather, which saves write units.",
];
