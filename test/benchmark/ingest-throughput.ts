import type { WireMetric } from "@ai-usage/demo";
import { type LocalStack, startLocalStack } from "@ai-usage/local";
import type { Benchmark, BenchmarkResult, Finding, RunOptions } from "./benchmark.ts";
import { eventsOf } from "./events.ts";
import { openScratchTable, type ScratchTable } from "./scratch-table.ts";
import { bareWrites, directInvocation, httpApi, ingestCode } from "./senders.ts";
import { median } from "./statistics.ts";

const GOAL = { atLeast: 0.7 };
const full = { rounds: 6, events: 1_500 };
const quickly = { rounds: 3, events: 500 };

interface Arm {
  readonly name: string;
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
        arms.map(({ name }) => name),
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
  const write = bareWrites(bare);
  const [inProcess, direct, http] = [ingestCode(own), directInvocation(stack), httpApi(stack)];
  return [
    { name: BARE, prepare: write, settle: nothingLeft },
    {
      name: "ingest code, nothing else running",
      prepare: (events) => () => inProcess(events),
      settle: nothingLeft,
    },
    {
      name: "direct invocation, all consumers running",
      prepare: (events) => () => direct(events),
      settle: drained,
    },
    { name: "HTTP API, all consumers running", prepare: (events) => () => http(events), settle: drained },
  ];
}

const BARE = "bare BatchWriteItem";

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

function resultOf(names: readonly string[], samples: readonly Sample[]): BenchmarkResult {
  const of = (arm: string) => samples.filter((sample) => sample.arm === arm);
  const findings = names.flatMap((name): Finding[] => {
    const ratios = of(name).map(
      ({ round, eventsPerSecond }) =>
        eventsPerSecond / (of(BARE).find((bare) => bare.round === round)?.eventsPerSecond ?? Number.NaN),
    );
    const rate = {
      measure: name,
      value: median(of(name).map(({ eventsPerSecond }) => eventsPerSecond)),
      unit: "events/s",
    };
    const cpu = {
      measure: `${name}, processor time of this process`,
      value: median(of(name).map(({ cpuUs }) => cpuUs)),
      unit: "µs/event",
    };
    const ratio = { measure: `${name}, beside bare`, value: median(ratios), unit: "times", goal: GOAL };
    return name === BARE ? [rate, cpu] : [rate, cpu, ratio];
  });
  return { findings, notes, samples };
}

const notes = [
  "Bare writes the very items that ingest stores, marshalled beforehand, in batches of 25; every arm has 400 events in flight, the stream on.",
  "Ratios are of neighbours in one round, the order changes from round to round, and the median of the rounds is given.",
  "The stack shares this machine's processors with its consumers, gateway and the sender: on AWS each has its own.",
];
