import type { WireMetric } from "@ai-usage/demo";
import { type LocalStack, startLocalStack } from "@ai-usage/local";
import type { Benchmark, BenchmarkResult, Finding, RunOptions } from "./benchmark.ts";
import { eventsOf } from "./events.ts";
import { openScratchTable, openStackTable, type ScratchTable } from "./scratch-table.ts";
import { bareWrites, directInvocation, httpApi, ingestCode } from "./senders.ts";
import { median } from "./statistics.ts";

const GOAL = { atLeast: 0.7 };
const full = { rounds: 6, events: 1_200 };
const quickly = { rounds: 3, events: 500 };

interface Arm {
  readonly name: string;
  /** The arm that writes the same without ingest, under the same circumstances. */
  readonly bare?: string;
  /** What happens before the clock starts, and what it measures. */
  prepare(events: readonly WireMetric[]): () => Promise<void>;
  /** So that nothing of this arm is left when the next one starts. */
  settle(): Promise<void>;
}

interface Sample {
  readonly arm: string;
  readonly round: number;
  readonly eventsPerSecond: number;
  /** Of this process for one event. */
  readonly cpuUs: number;
}

export const ingestThroughput: Benchmark = {
  name: "ingest-throughput",
  question: "How close does ingest come to what the engine can write at all?",
  async run({ quick, log }: RunOptions): Promise<BenchmarkResult> {
    const { rounds, events } = quick ? quickly : full;
    const opened: { close(): Promise<void> }[] = [];
    try {
      const bare = await openScratchTable("bare");
      opened.push(bare);
      const own = await openScratchTable("ingest");
      opened.push(own);
      const stack = await startLocalStack({ ephemeral: true, log });
      opened.push({ close: () => stack.stop() });
      const arms = armsOf(bare, own, stack);
      const samples: Sample[] = [];
      // Round 0 warms everything up and does not count.
      for (let round = 0; round <= rounds; round++) {
        log(`round ${round} of ${rounds}`);
        const order = arms.map((_, index) => arms[(index + round) % arms.length] as Arm);
        for (const arm of order) samples.push(await measure(arm, round, events));
      }
      return resultOf(
        arms,
        samples.filter(({ round }) => round > 0),
      );
    } finally {
      for (const one of opened.reverse()) await one.close();
    }
  },
};

function armsOf(bare: ScratchTable, own: ScratchTable, stack: LocalStack): Arm[] {
  const nothingLeft = async () => {};
  const drained = () => stack.drained();
  const [inProcess, direct, http] = [ingestCode(own), directInvocation(stack), httpApi(stack)];
  const bareAlone = "bare writes, no consumers";
  const bareInStack = "bare writes, all consumers";
  return [
    { name: bareAlone, prepare: bareWrites(bare), settle: nothingLeft },
    {
      name: "ingest code, no consumers",
      bare: bareAlone,
      prepare: (events) => () => inProcess(events),
      settle: nothingLeft,
    },
    { name: bareInStack, prepare: bareWrites(openStackTable(stack)), settle: drained },
    {
      name: "direct invocation, all consumers",
      bare: bareInStack,
      prepare: (events) => () => direct(events),
      settle: drained,
    },
    {
      name: "HTTP API, all consumers",
      bare: bareInStack,
      prepare: (events) => () => http(events),
      settle: drained,
    },
  ];
}

async function measure(arm: Arm, round: number, count: number): Promise<Sample> {
  const events = eventsOf({ count, endMs: Date.now(), idPrefix: `${arm.name.slice(0, 4)}-${round}` });
  const send = arm.prepare(events);
  const cpu = process.cpuUsage();
  const started = performance.now();
  await send();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await arm.settle();
  return { arm: arm.name, round, eventsPerSecond: count / seconds, cpuUs: (user + system) / count };
}

function resultOf(arms: readonly Arm[], samples: readonly Sample[]): BenchmarkResult {
  const of = (name: string) => samples.filter(({ arm }) => arm === name);
  const findings = arms.flatMap(({ name, bare }): Finding[] => {
    const rates = of(name).map(({ eventsPerSecond }) => eventsPerSecond);
    const rate = { measure: name, value: median(rates), unit: "events/s" };
    if (bare === undefined) return [rate];
    const ceilings = of(bare).map(({ eventsPerSecond }) => eventsPerSecond);
    const ratios = rates.map((one, round) => one / (ceilings[round] ?? Number.NaN));
    const measure = `${name}, of its bare writes`;
    return [rate, { measure, value: median(ratios), unit: "times", goal: GOAL }];
  });
  const cpu = {
    head: ["processor time of this process, µs an event", "median"],
    rows: arms.map(({ name }) => [name, Math.round(median(of(name).map(({ cpuUs }) => cpuUs)))]),
  };
  return { findings, tables: [cpu], notes, samples };
}

const notes = [
  "Bare writes are the very items that ingest stores, marshalled beforehand, 25 in a BatchWriteItem. Every arm has 400 events in flight and the stream on.",
  "No consumers: an engine of its own, whose stream nobody reads. All consumers: the local stack's own table, whose rollup and budget-watch run.",
  "A ratio is of two arms in one round; the order of the arms turns with every round; the median of the rounds is given.",
  "The stack's arms share this machine's processors with gateway, functions, consumers and sender. On AWS each has its own.",
];
