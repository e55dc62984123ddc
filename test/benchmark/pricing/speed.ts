import type { BenchmarkResult, DetailTable, Finding, RunOptions } from "../benchmark.ts";
import { median } from "../statistics.ts";
import { batchedRegionalCalls, currentCalls, sharedCalls } from "./calls.ts";
import { priced, quoted } from "./libraries/ai-usage.ts";
import { bareMap } from "./libraries/bare-map.ts";
import { genaiPrices } from "./libraries/genai-prices.ts";
import { llmCost } from "./libraries/llm-cost.ts";
import { tokenlens } from "./libraries/tokenlens.ts";
import type { ModelCall, PriceLibrary } from "./price-library.ts";
import { measureThroughput, type Throughput } from "./throughput.ts";

const full = { rounds: 15, turnMs: 150 };
const quickly = { rounds: 5, turnMs: 50 };

const GOAL = { atLeast: 200_000 };

interface Race {
  readonly name: string;
  readonly calls: readonly ModelCall[];
  /** Those that know all of the calls, ours first. */
  readonly libraries: readonly PriceLibrary[];
}

const races: readonly Race[] = [
  {
    name: "calls of 2025",
    calls: sharedCalls,
    libraries: [quoted, priced, genaiPrices, tokenlens, llmCost, bareMap],
  },
  { name: "calls of 2026", calls: currentCalls, libraries: [quoted, priced, genaiPrices, bareMap] },
  { name: "batched in a region", calls: batchedRegionalCalls, libraries: [quoted, priced] },
];

/** How many calls each library prices in a second of processor time. */
export function measureSpeed({ quick, log }: RunOptions): BenchmarkResult {
  const results = races.map(({ name, calls, libraries }) => {
    log(`${name}: ${libraries.map((library) => library.name).join(", ")}`);
    const throughputs = measureThroughput({ calls, libraries, ...(quick ? quickly : full) });
    return { name, throughputs };
  });
  return {
    findings: results.flatMap(findingsOf),
    tables: [tableOf(results)],
    notes: [
      "Per second of processor time, the garbage collector's included. All price the same calls, each put into the library's own shape beforehand; a quote has all its lines, and its cost is read as text. Names repeat as in traffic, so what a library remembers of them counts. Other work on the machine slows all of them, so quote beside another is the median of each round's own ratio, and its range.",
      "The bare Map knows one price for each kind of token: no dates, no long prompts, no tiers, no names but its own. llm-cost is about that, for input and output alone.",
      "What all calls cost differs where a library has other prices: cached prompts (tokenlens, llm-cost; genai-prices for gemini-1.5), long prompts (all but quote and genai-prices), prices of another time (llm-cost).",
    ],
    samples: results,
  };
}

interface Result {
  readonly name: string;
  readonly throughputs: readonly Throughput[];
}

function findingsOf({ name, throughputs }: Result): Finding[] {
  return throughputs.flatMap(({ library, perCpuSecond, firstBeside }): Finding[] => {
    if (library === quoted.name)
      return [{ measure: `quotes, ${name}`, value: median(perCpuSecond), unit: "a CPU second", goal: GOAL }];
    if (library === genaiPrices.name || library === tokenlens.name)
      return [{ measure: `quote beside ${library}, ${name}`, value: median(firstBeside), unit: "times" }];
    return [];
  });
}

function tableOf(results: readonly Result[]): DetailTable {
  return {
    head: ["priced in a CPU second", "by", "median", "range", "quote beside it", "all calls, US$"],
    rows: results.flatMap(({ name, throughputs }) =>
      throughputs.map(({ library, perCpuSecond, firstBeside, total }) => [
        name,
        library,
        thousands(median(perCpuSecond)),
        rangeOf(perCpuSecond, thousands),
        `${times(median(firstBeside))} (${rangeOf(firstBeside, times)})`,
        total.toFixed(4),
      ]),
    ),
  };
}

function rangeOf(sample: readonly number[], textOf: (value: number) => string): string {
  return `${textOf(Math.min(...sample))}–${textOf(Math.max(...sample))}`;
}

const thousands = (value: number): string => `${Math.round(value / 1000).toLocaleString("en-US")}k`;

const times = (value: number): string => (value < 1 ? value.toPrecision(2) : value.toFixed(1));
