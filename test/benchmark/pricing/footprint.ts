import type { BenchmarkResult, DetailTable, Finding, RunOptions } from "../benchmark.ts";
import { median } from "../statistics.ts";
import { type Bundle, type Source, withBundles } from "./bundles.ts";
import { bareMap } from "./libraries/bare-map.ts";
import { measureStarts, type Start } from "./start-up.ts";

const ROUNDS = 15;
const QUICK_ROUNDS = 5;

const sources: readonly Source[] = [
  { name: "quote", file: "ai-usage.ts", exported: "quoted" },
  { name: "genai-prices", file: "genai-prices.ts", exported: "genaiPrices" },
  { name: "tokenlens", file: "tokenlens.ts", exported: "tokenlens" },
  { name: "llm-cost", file: "llm-cost.ts", exported: "llmCost" },
  { name: bareMap.name, file: "bare-map.ts", exported: "bareMap" },
];

/** What each library weighs in a bundle, and what it takes until it has priced a first call. */
export async function measureFootprint({ quick, log }: RunOptions): Promise<BenchmarkResult> {
  return withBundles(async (bundler) => {
    const bundles = sources.map((source) => bundler.bundleLibrary(source));
    const ingest = bundler.bundleFunction("ingest");
    const ingestAlone = bundler.bundleFunction("ingest", ["@ai-usage/pricing"]);
    const rounds = quick ? QUICK_ROUNDS : ROUNDS;
    log(`${rounds} fresh processes for each of ${sources.map(({ name }) => name).join(", ")}`);
    const starts = await measureStarts(bundles, rounds);
    return {
      findings: [...startFindings(starts), ...sizeFindings(bundles, ingest, ingestAlone)],
      tables: [footprintTable(bundles, starts), partsTable(bundles[0])],
      notes: [
        "Start: from before the import of the bundle until the first call is priced, in a fresh process, without what Node itself takes; the medians. The heap is what is in use afterwards, resident memory what the process grew by.",
        "All are bundled as the functions are: one minified file with what pricing a call takes. llm-cost cannot be loaded without the WebAssembly of its tokeniser, though nothing is tokenised here.",
      ],
      samples: {
        starts: Object.fromEntries(sources.map(({ name }, index) => [name, starts[index]])),
        bundles: [...bundles, ingest, ingestAlone].map(({ path: _, ...bundle }) => bundle),
      },
    };
  });
}

function startFindings([ours = [], genai = []]: readonly (readonly Start[])[]): Finding[] {
  const beside = ours.map(({ cpuMs }, round) => cpuMs / (genai[round]?.cpuMs ?? Number.NaN));
  return [
    { measure: "import and first quote", value: median(ours.map(({ cpuMs }) => cpuMs)), unit: "ms of CPU" },
    { measure: "the same beside genai-prices", value: median(beside), unit: "times" },
  ];
}

function sizeFindings([ours, genai]: readonly Bundle[], ingest: Bundle, ingestAlone: Bundle): Finding[] {
  if (ours === undefined || genai === undefined) return [];
  return [
    { measure: "bundle of quote and the price book", value: ours.gzipBytes / 1000, unit: "kB gzip" },
    { measure: "the same beside genai-prices", value: ours.gzipBytes / genai.gzipBytes, unit: "times" },
    ...[
      { name: "function ingest", bundle: ingest },
      { name: "function ingest without the price book", bundle: ingestAlone },
    ].flatMap(({ name, bundle }) => [
      { measure: name, value: bundle.bytes / 1000, unit: "kB" },
      { measure: `${name}, compressed`, value: bundle.gzipBytes / 1000, unit: "kB gzip" },
    ]),
  ];
}

function footprintTable(bundles: readonly Bundle[], starts: readonly (readonly Start[])[]): DetailTable {
  return {
    head: [
      "alone",
      "kB",
      "kB gzip",
      "kB beside it",
      "start, ms of CPU",
      "start, ms",
      "heap, MB",
      "resident, MB",
    ],
    rows: bundles.map(({ name, bytes, gzipBytes, besideBytes }, index) => {
      const of = (measure: (start: Start) => number) => median((starts[index] ?? []).map(measure));
      return [
        name,
        (bytes / 1000).toFixed(1),
        (gzipBytes / 1000).toFixed(1),
        Math.round(besideBytes / 1000),
        of(({ cpuMs }) => cpuMs).toFixed(1),
        of(({ wallMs }) => wallMs).toFixed(1),
        (of(({ heapBytes }) => heapBytes) / 1e6).toFixed(1),
        (of(({ residentBytes }) => residentBytes) / 1e6).toFixed(1),
      ];
    }),
  };
}

function partsTable(ours: Bundle | undefined): DetailTable {
  const parts = Object.entries(ours?.parts ?? {}).filter(([, bytes]) => bytes > 0);
  return {
    head: ["of which quote's bundle is made", "kB"],
    rows: parts
      .sort(([, one], [, other]) => other - one)
      .map(([name, bytes]) => [name, (bytes / 1000).toFixed(1)]),
  };
}
