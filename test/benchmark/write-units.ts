import { sum } from "simple-statistics";
import type { Benchmark, BenchmarkResult, DetailTable, Finding, RunOptions } from "./benchmark.ts";
import { consumptionOf, rollupUnitsOf, type Way } from "./consumption.ts";
import { dollarsPerMillion } from "./dollars.ts";
import { ASSUMED_ROUND_TRIP_MS } from "./list-prices.ts";
import { type BatchSize, sampleUnits, type TrafficSamples, type UnitSample } from "./unit-samples.ts";

const sizes: readonly BatchSize[] = [
  { batch: 1, events: 30 },
  { batch: 10, events: 150 },
  { batch: 25, events: 250 },
  { batch: 100, events: 800 },
  { batch: 500, events: 1000 },
];
const UNITS_GOAL = { batch: 100, atMost: 2.5 };
const DOLLARS_GOAL = { atMost: 1.7 };

interface Traffic extends TrafficSamples {
  readonly name: string;
  readonly hasJobs: boolean;
}

export const writeUnits: Benchmark = {
  name: "write-units",
  question: "How many write units does an event cost, and how many dollars a million of them?",
  async run({ quick, log }: RunOptions): Promise<BenchmarkResult> {
    const chosen = sizes.map((size) => (quick ? { ...size, events: Math.min(size.events, 500) } : size));
    const traffic: Traffic[] = [];
    for (const hasJobs of [false, true]) {
      const name = hasJobs ? "with jobs" : "without jobs";
      log(name);
      traffic.push({ name, hasJobs, ...(await sampleUnits(hasJobs, chosen)) });
    }
    return {
      findings: [...traffic.flatMap(unitFindings), ...traffic.flatMap(dollarFindings)],
      tables: [unitTable(traffic), dollarTable(traffic)],
      notes: notesOf(traffic),
      samples: traffic,
    };
  },
};

function unitFindings({ name, hasJobs, samples }: Traffic): Finding[] {
  const reported = samples.filter(({ batch }) => [1, 10, 100, 500].includes(batch));
  return reported.map((sample) => ({
    measure: `consumed by an event, batches of ${sample.batch}, ${name}`,
    value: perEvent(sample, sample.ingest.writeUnits + sample.rollup.writeUnits),
    unit: "write units",
    goal: !hasJobs && sample.batch === UNITS_GOAL.batch ? UNITS_GOAL : undefined,
  }));
}

/** What the engine says beside what the published rules say, by where it goes. */
function unitTable(traffic: readonly Traffic[]): DetailTable {
  return {
    head: [
      "write units an event",
      "batch",
      "item",
      "GSI1",
      "GSI3",
      "totals",
      "new in GSI2",
      "sum",
      "published rules",
    ],
    rows: traffic.flatMap(({ name, published, samples }) =>
      samples.map((sample) => {
        const { ingest, rollup } = sample;
        const parts = [
          ingest.writes.table,
          ingest.writes.GSI1,
          ingest.writes.GSI3,
          rollup.writes.table,
          rollup.writes.GSI2,
        ];
        const units = parts.map((part = 0) => perEvent(sample, part));
        const byRules = sum(Object.values(published.event)) + rollupUnitsOf(sample, published.update);
        return [name, sample.batch, ...units.map(threeDigits), threeDigits(sum(units)), threeDigits(byRules)];
      }),
    ),
  };
}

const ways: readonly Way[] = [
  { apiBatch: 25, streamBatch: 100, hasServiceIndex: true },
  { apiBatch: 100, streamBatch: 100, hasServiceIndex: true },
  { apiBatch: 25, streamBatch: 500, hasServiceIndex: true },
  { apiBatch: 100, streamBatch: 500, hasServiceIndex: true },
  { apiBatch: 25, streamBatch: 100, hasServiceIndex: false },
  { apiBatch: 100, streamBatch: 100, hasServiceIndex: false },
];

const wayName = ({ apiBatch, streamBatch, hasServiceIndex }: Way): string =>
  `API ${apiBatch}, stream ${streamBatch}${hasServiceIndex ? "" : ", no GSI1"}`;

/** Of traffic without jobs; the table has both. */
function dollarFindings(traffic: Traffic): Finding[] {
  if (traffic.hasJobs) return [];
  return ways.map((way) => ({
    measure: `a million events, ${wayName(way)}`,
    value: sum(Object.values(dollarsOf(traffic, way))),
    unit: "US$",
    goal: way.hasServiceIndex ? DOLLARS_GOAL : undefined,
  }));
}

function dollarTable(traffic: readonly Traffic[]): DetailTable {
  const columns = traffic.flatMap((one) =>
    ways.map((way) => ({ name: `${wayName(way)}, ${one.name}`, dollars: dollarsOf(one, way) })),
  );
  const positions = Object.keys(columns[0]?.dollars ?? {});
  return {
    head: ["US$ a million events", ...positions, "sum"],
    rows: columns.map(({ name, dollars }) => [
      name,
      ...positions.map((position) => threeDigits(dollars[position] ?? 0)),
      threeDigits(sum(Object.values(dollars))),
    ]),
  };
}

function dollarsOf(traffic: Traffic, way: Way): Record<string, number> {
  return dollarsPerMillion(consumptionOf(traffic, way));
}

const perEvent = (sample: UnitSample, units: number): number => units / sample.events;

const threeDigits = (value: number): string => value.toFixed(3);

function notesOf(traffic: readonly Traffic[]): string[] {
  const bytes = (of: (one: Traffic) => number) => Math.max(...traffic.map(of));
  return [
    `The largest stored event has ${bytes(({ published }) => published.eventBytesMax)} bytes, the largest total ${bytes(({ published }) => published.counterBytesMax)}: one unit each below 1,024.`,
    "Engines are emulators, so the sum is also computed from the stored items by DynamoDB's published rules, and dollars are by those rules. A job's entry in GSI3 is an average of all events there, of the sample's in the engine's figures; for the rest they agree.",
    "Reads of keys cost a unit each, half when eventually consistent, also of items that are absent. DynamoDB Local charges nothing for those.",
    "Totals existed before the measurement: a scope's first event of a day on a shard costs one unit more, for its entry in GSI2.",
    "Stream 100 is about 100 events a second, since rollup gets a batch a second; with fewer, an event costs more (see batches of 10).",
    `Lambda: processor time measured here, on this machine's processors, and an assumed ${ASSUMED_ROUND_TRIP_MS} ms for each answer of DynamoDB. Authorizer answers are cached. Not in the sum: logs, traces, storage, alerts.`,
  ];
}
