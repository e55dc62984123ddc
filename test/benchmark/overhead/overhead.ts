import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Bundle } from "../../../packages/tracker/src/testing/bundle.ts";
import type { Benchmark, BenchmarkResult, DetailTable, Finding, RunOptions } from "../benchmark.ts";
import { median } from "../statistics.ts";
import { type Field, openField, type Sent, type Worker, type WrapperName } from "./field.ts";
import { importMilliseconds } from "./import-time.ts";
import { probeAll } from "./probes.ts";
import { questions, type Stretch, type StretchResult } from "./protocol.ts";

interface Scenario extends Omit<Stretch, "calls"> {
  readonly name: string;
  /** Streams cost the SDK itself fifty times as much. */
  readonly callsShare: number;
}

const scenarios: readonly Scenario[] = [
  { name: "one at a time, 500 B", concurrency: 1, streamed: false, promptBytes: 500, callsShare: 1 },
  { name: "64 at once, 500 B", concurrency: 64, streamed: false, promptBytes: 500, callsShare: 1 },
  { name: "one at a time, 32 kB", concurrency: 1, streamed: false, promptBytes: 32_000, callsShare: 1 },
  { name: "64 at once, 32 kB", concurrency: 64, streamed: false, promptBytes: 32_000, callsShare: 1 },
  {
    name: "streamed, one at a time, 500 B",
    concurrency: 1,
    streamed: true,
    promptBytes: 500,
    callsShare: 0.4,
  },
  { name: "streamed, 64 at once, 500 B", concurrency: 64, streamed: true, promptBytes: 500, callsShare: 0.4 },
];

const full = { rounds: 9, calls: 1_500 };
const quickly = { rounds: 3, calls: 300 };

/** Until then the compiler is at work, more of it in whoever has more code. */
const WARM_UP_CALLS = 1_500;

const CPU_GOAL = { atMost: 50 };

type Samples = Record<string, Record<WrapperName, StretchResult[]>>;

export const overhead: Benchmark = {
  name: "overhead",
  question: "What does the tracker add to a call, beside what others add, over HTTP on one machine?",
  async run({ quick, log }: RunOptions): Promise<BenchmarkResult> {
    const field = await openField(log);
    try {
      const sizes = await sizeFindings(field.ours);
      const samples = await measure(field, quick ? quickly : full, log);
      log("what still works, and what is recorded");
      const probes = await probeAll(field.workers);
      const importMs = await importMilliseconds(join(field.ours, "esm", "index.js"), quick ? 5 : 21);
      return {
        findings: [...overheadFindings(samples), ...sizes, importFinding(importMs)],
        tables: [table(samples), probeTable(probes)],
        notes: [
          "Each wrapper has a process and a far side of its own; all take turns, and each is compared with bare in the same round.",
          "CPU is that of the whole process, delivery included, until everything was sent. What is below the noise may come out negative.",
        ],
        samples: { samples, probes, importMs },
      };
    } finally {
      await field.close();
    }
  },
};

async function measure(
  { workers }: Field,
  { rounds, calls }: typeof full,
  log: (line: string) => void,
): Promise<Samples> {
  const samples: Samples = {};
  for (const scenario of scenarios) {
    const { name, callsShare, ...stretch } = scenario;
    const ofScenario = Object.fromEntries(workers.map((one) => [one.name, []])) as unknown as Samples[string];
    samples[name] = ofScenario;
    const count = Math.round(calls * callsShare);
    for (const worker of workers) await runStretch(worker, { ...stretch, calls: WARM_UP_CALLS });
    for (let round = 0; round < rounds; round += 1) {
      // Who comes first has the caches warmed by nobody: everybody does in turn.
      const turn = round % workers.length;
      for (const worker of [...workers.slice(turn), ...workers.slice(0, turn)])
        ofScenario[worker.name].push(await runStretch(worker, { ...stretch, calls: count }));
    }
    log(name);
  }
  return samples;
}

async function runStretch({ process, sink }: Worker, stretch: Stretch): Promise<StretchResult> {
  await sink.ask<Sent>({});
  const result = await process.ask<Omit<StretchResult, "delivered" | "wireBytes">>({ kind: "run", stretch });
  const sent = await sink.ask<Sent>({});
  return { ...result, delivered: sent.records / stretch.calls, wireBytes: sent.bytes / stretch.calls };
}

/** The median of the differences to bare, round by round. */
function added(ofScenario: Samples[string], name: WrapperName, figure: "cpuUs" | "p50Us" | "meanUs"): number {
  return median(ofScenario[name].map((one, round) => one[figure] - (ofScenario.bare[round]?.[figure] ?? 0)));
}

function overheadFindings(samples: Samples): Finding[] {
  const ours = Object.entries(samples).flatMap(([name, ofScenario]): Finding[] => [
    {
      measure: `CPU added, ${name}`,
      value: added(ofScenario, "ai-usage", "cpuUs"),
      unit: "µs a call",
      goal: CPU_GOAL,
    },
  ]);
  const all = Object.values(samples).flatMap((ofScenario) => ofScenario["ai-usage"]);
  return [
    ...ours,
    {
      measure: "on the wire",
      value: median(all.map((one) => one.wireBytes)),
      unit: "bytes a call",
      goal: { atMost: 300 },
    },
    {
      measure: "delivered after flush",
      value: Math.min(...all.map((one) => one.delivered)) * 100,
      unit: "%",
      goal: { atLeast: 100 },
    },
  ];
}

/** What an application of OpenAI's has of the package. */
async function sizeFindings(ours: string): Promise<Finding[]> {
  const esm = join(ours, "esm");
  const files = readdirSync(esm).filter((name) => name.endsWith(".js"));
  const gzipped = files.map((name) => gzipSync(readFileSync(join(esm, name)), { level: 9 }).length);
  const bundle = await Bundle.of(join(esm, "index.js"));
  return [
    {
      measure: "in an application's bundle, minified and gzipped",
      value: bundle.gzipBytes(/\/endpoints-\w+\.js$/) / 1000,
      unit: "kB",
      goal: { atMost: 30 },
    },
    { measure: "all of the package", value: gzipped.reduce((sum, size) => sum + size, 0) / 1000, unit: "kB" },
  ];
}

const importFinding = (ms: number): Finding => ({
  measure: "importing it",
  value: ms,
  unit: "ms",
  goal: { atMost: 10 },
});

function table(samples: Samples): DetailTable {
  const rows = Object.entries(samples).flatMap(([scenario, ofScenario]) =>
    (Object.keys(ofScenario) as WrapperName[]).map((name) => [
      scenario,
      name,
      ...(["cpuUs", "p50Us", "meanUs"] as const).map((figure) =>
        name === "bare"
          ? `(${Math.round(median(ofScenario.bare.map((one) => one[figure])))})`
          : Math.round(added(ofScenario, name, figure)),
      ),
      Math.round(median(ofScenario[name].map((one) => one.wireBytes))),
      `${Math.round(median(ofScenario[name].map((one) => one.delivered)) * 1000) / 10} %`,
    ]),
  );
  return { head: ["", "wrapper", "+CPU µs", "+p50 µs", "+mean µs", "bytes sent", "delivered"], rows };
}

function probeTable(probes: Awaited<ReturnType<typeof probeAll>>): DetailTable {
  return {
    head: ["", ...probes.map(({ name }) => name)],
    rows: questions.map((question) => [
      question,
      ...probes.map(({ probe }) => (probe[question] ? "yes" : "no")),
    ]),
  };
}
