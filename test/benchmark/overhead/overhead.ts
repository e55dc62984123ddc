import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Bundle } from "../../../packages/tracker/src/testing/bundle.ts";
import type { Benchmark, BenchmarkResult, DetailTable, Finding, RunOptions } from "../benchmark.ts";
import { median, medianInterval } from "../statistics.ts";
import { type Field, openField, type Sent, type Worker, type WrapperName } from "./field.ts";
import { importMilliseconds } from "./import-time.ts";
import { probeAll } from "./probes.ts";
import { type Cost, questions, type Stretch, type StretchResult } from "./protocol.ts";

type Scenario = Pick<Stretch, "concurrency" | "streamed" | "promptBytes"> & { readonly name: string };

const scenarios: readonly Scenario[] = [
  { name: "one at a time, 500 B", concurrency: 1, streamed: false, promptBytes: 500 },
  { name: "64 at once, 500 B", concurrency: 64, streamed: false, promptBytes: 500 },
  { name: "one at a time, 32 kB", concurrency: 1, streamed: false, promptBytes: 32_000 },
  { name: "64 at once, 32 kB", concurrency: 64, streamed: false, promptBytes: 32_000 },
  { name: "streamed, one at a time, 500 B", concurrency: 1, streamed: true, promptBytes: 500 },
  { name: "streamed, 64 at once, 500 B", concurrency: 64, streamed: true, promptBytes: 500 },
];

/** Short turns, so that both clients have the same of what the machine does besides; as many as are sent in one batch. */
const turns = { block: 64, calls: 448 };
/** Of ours much has to be known to tell 50 µs from 60; the others cost several times as much. */
const full = { rounds: 41, rivalRounds: 13, warmUps: 4 };
const quickly = { rounds: 3, rivalRounds: 3, warmUps: 1 };

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
          "Each wrapper has a process and a far side of its own, in which a bare client and a wrapped one take turns of 64 calls; after seven turns everything is sent.",
          "CPU is that of the whole process, of the wrapped client with what sending costs. Between which figures the median lies in 95 of 100 such runs is said beside it.",
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
  { rounds, rivalRounds, warmUps }: typeof full,
  log: (line: string) => void,
): Promise<Samples> {
  const samples: Samples = {};
  for (const scenario of scenarios) {
    const { name, ...asked } = scenario;
    const ofScenario = Object.fromEntries(workers.map((one) => [one.name, []])) as unknown as Samples[string];
    samples[name] = ofScenario;
    for (const worker of workers) {
      const count = isRival(worker.name) ? rivalRounds : rounds;
      for (let round = -warmUps; round < count; round += 1) {
        const result = await runStretch(worker, { ...asked, ...turns });
        // Until then the compiler is at work, more of it in whoever has more code.
        if (round >= 0) ofScenario[worker.name].push(result);
      }
    }
    log(name);
  }
  return samples;
}

const isRival = (name: WrapperName): boolean => !name.startsWith("bare") && name !== "ai-usage";

async function runStretch({ process, sink }: Worker, stretch: Stretch): Promise<StretchResult> {
  await sink.ask<Sent>({});
  const result = await process.ask<Pick<StretchResult, "bare" | "wrapped">>({ kind: "run", stretch });
  const sent = await sink.ask<Sent>({});
  return { ...result, delivered: sent.records / stretch.calls, wireBytes: sent.bytes / stretch.calls };
}

/** Stretch by stretch, what the wrapped client's calls cost more than the bare one's beside them. */
const added = (results: readonly StretchResult[], figure: keyof Cost): number[] =>
  results.map(({ bare, wrapped }) => wrapped[figure] - bare[figure]);

function overheadFindings(samples: Samples): Finding[] {
  const ours = Object.entries(samples).map(
    ([name, ofScenario]): Finding => ({
      measure: `CPU added, ${name}`,
      value: median(added(ofScenario["ai-usage"], "cpuUs")),
      unit: "µs a call",
      goal: CPU_GOAL,
    }),
  );
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
    (Object.keys(ofScenario) as WrapperName[]).map((name) => {
      const results = ofScenario[name];
      return [
        scenario,
        name,
        Math.round(median(results.map(({ bare }) => bare.cpuUs))),
        Math.round(median(added(results, "cpuUs"))),
        medianInterval(added(results, "cpuUs")).map(Math.round).join(" to "),
        Math.round(median(added(results, "p50Us"))),
        Math.round(median(added(results, "meanUs"))),
        Math.round(median(results.map((one) => one.wireBytes))),
        `${Math.round(median(results.map((one) => one.delivered)) * 1000) / 10} %`,
      ];
    }),
  );
  return {
    head: [
      "",
      "wrapper",
      "bare CPU µs",
      "+CPU µs",
      "95 of 100",
      "+p50 µs",
      "+mean µs",
      "bytes sent",
      "delivered",
    ],
    rows,
  };
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
