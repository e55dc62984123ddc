import type { Benchmark, BenchmarkResult, RunOptions } from "./benchmark.ts";
import { checkCachedCalls } from "./pricing/cached-calls.ts";
import { countKnownModels } from "./pricing/coverage.ts";
import { measureFootprint } from "./pricing/footprint.ts";
import { quoted } from "./pricing/libraries/ai-usage.ts";
import { genaiPrices } from "./pricing/libraries/genai-prices.ts";
import { llmCost } from "./pricing/libraries/llm-cost.ts";
import { tokenlens } from "./pricing/libraries/tokenlens.ts";
import { measureSpeed } from "./pricing/speed.ts";

const libraries = [quoted, genaiPrices, tokenlens, llmCost];

export const pricing: Benchmark = {
  name: "pricing",
  question: "How fast, how exact and how heavy is pricing a call, beside other libraries?",
  async run(options: RunOptions): Promise<BenchmarkResult> {
    const parts = {
      speed: measureSpeed(options),
      cachedCalls: checkCachedCalls(libraries),
      coverage: countKnownModels(libraries),
      footprint: await measureFootprint(options),
    };
    const results: readonly BenchmarkResult[] = Object.values(parts);
    return {
      findings: results.flatMap(({ findings }) => findings),
      tables: results.flatMap(({ tables = [] }) => tables),
      notes: results.flatMap(({ notes }) => notes),
      samples: Object.fromEntries(Object.entries(parts).map(([name, { samples }]) => [name, samples])),
    };
  },
};
