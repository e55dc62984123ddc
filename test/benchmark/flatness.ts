import { coverOf, GLOBAL_SCOPE, instantFromEpochMs } from "@ai-usage/core";
import { type LocalStack, startLocalStack } from "@ai-usage/local";
import { readScopeTotals, type Table } from "@ai-usage/store";
import type { Benchmark, BenchmarkResult, Finding, RunOptions } from "./benchmark.ts";
import { eventsOf } from "./events.ts";
import { openScratchTable, openStackTable } from "./scratch-table.ts";
import { bareWrites, httpApi, type Sender } from "./senders.ts";
import { median } from "./statistics.ts";

/** Windows of so many events each, after a first one that warms everything up and does not count. */
const full = { warmUp: 1_000, upTo: 50_000, window: 3_500 };
const quickly = { warmUp: 1_000, upTo: 5_000, window: 2_000 };
const BARE_EVENTS = 500;
const DAY_MS = 86_400_000;

const GOAL = { atLeast: 0.8 };

interface Window {
  /** Events in the table at its end. */
  readonly events: number;
  /** Sent by the API, stored, and in every total. */
  readonly eventsPerSecond: number;
  /** Bare writes to another engine, just before: how fast the machine was at that moment. */
  readonly barePerSecond: number;
}

export const flatness: Benchmark = {
  name: "flatness",
  question: "Do events stream into their totals as fast when there are many already?",
  async run({ quick, log }: RunOptions): Promise<BenchmarkResult> {
    const { warmUp, upTo, window } = quick ? quickly : full;
    const scratch = await openScratchTable("bare");
    const stack = await startLocalStack({ ephemeral: true, log });
    try {
      const bare = bareWrites(scratch);
      const windows: Window[] = [];
      for (let sent = 0; sent < upTo; ) {
        const count = sent === 0 ? warmUp : Math.min(window, upTo - sent);
        const probe = eventsOf({ count: BARE_EVENTS, endMs: Date.now(), idPrefix: `bare-${sent}` });
        const barePerSecond = await rate(BARE_EVENTS, bare(probe));
        const events = eventsOf({ count, endMs: Date.now(), idPrefix: `flat-${sent}` });
        const eventsPerSecond = await rate(count, () => untilCounted(stack, httpApi(stack), events));
        sent += count;
        log(`${sent} events: ${Math.round(eventsPerSecond)}/s`);
        windows.push({ events: sent, eventsPerSecond, barePerSecond });
      }
      await requireCalls(openStackTable(stack), upTo);
      return { findings: findingsOf(windows.slice(1)), tables: [tableOf(windows)], notes, samples: windows };
    } finally {
      await stack.stop();
      await scratch.close();
    }
  },
};

async function rate(count: number, run: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await run();
  return (count / (performance.now() - started)) * 1000;
}

async function untilCounted(stack: LocalStack, send: Sender, events: Parameters<Sender>[0]): Promise<void> {
  await send(events);
  await stack.drained();
}

/** All that was sent is in the totals: otherwise the figures mean nothing. */
async function requireCalls(table: Table, sent: number): Promise<void> {
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const range = { start: instantFromEpochMs(today - DAY_MS), end: instantFromEpochMs(today + DAY_MS) };
  const { calls } = await readScopeTotals(table, GLOBAL_SCOPE, coverOf(range));
  if (calls !== sent) throw new Error(`${calls} of ${sent} events were counted`);
}

function findingsOf(windows: readonly Window[]): Finding[] {
  const third = Math.ceil(windows.length / 3);
  const [first, last] = [windows.slice(0, third), windows.slice(-third)];
  const rateOf = ({ eventsPerSecond }: Window) => eventsPerSecond;
  const shareOf = ({ eventsPerSecond, barePerSecond }: Window) => eventsPerSecond / barePerSecond;
  const growth = (of: (window: Window) => number) => median(last.map(of)) / median(first.map(of));
  return [
    { measure: "first third of the windows", value: median(first.map(rateOf)), unit: "events/s" },
    { measure: "last third of the windows", value: median(last.map(rateOf)), unit: "events/s" },
    { measure: "last third beside the first", value: growth(rateOf), unit: "times" },
    {
      measure: "the same, each window as a share of bare writes at its time",
      value: growth(shareOf),
      unit: "times",
      goal: GOAL,
    },
    {
      measure: "all the way into the totals, of bare writes",
      value: median(windows.map(shareOf)),
      unit: "times",
    },
  ];
}

function tableOf(windows: readonly Window[]) {
  return {
    head: ["events", "into the totals, events/s", "bare writes, events/s"],
    rows: windows.map(({ events, eventsPerSecond, barePerSecond }) => [
      events,
      Math.round(eventsPerSecond),
      Math.round(barePerSecond),
    ]),
  };
}

const notes = [
  "A window ends when all of its events are in all of their totals, so it holds a wait of about a second for the stream's last batch.",
  "Other work on this machine slows the bare writes, too: where the two disagree, the share is the better witness.",
];
