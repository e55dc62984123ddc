import { writeFileSync } from "node:fs";
import { Command, Option } from "commander";
import type { Benchmark } from "./benchmark.ts";
import { decisions } from "./decisions.ts";
import { flatness } from "./flatness.ts";
import { hardBudget } from "./hard-budget.ts";
import { ingestThroughput } from "./ingest-throughput.ts";
import { latency } from "./latency.ts";
import { overhead } from "./overhead/overhead.ts";
import { pricing } from "./pricing.ts";
import { queryCost } from "./query-cost.ts";
import { describeGoals, describeResult, type NamedResult, toJson } from "./report.ts";
import { writeUnits } from "./write-units.ts";

const benchmarks: readonly Benchmark[] = [
  pricing,
  overhead,
  ingestThroughput,
  writeUnits,
  queryCost,
  latency,
  decisions,
  hardBudget,
  flatness,
];
const names = benchmarks.map(({ name }) => name);

interface Flags {
  readonly json?: string;
  readonly only?: readonly string[];
  readonly quick: boolean;
}

const HELP = `
Benchmarks:
${benchmarks.map(({ name, question }) => `  ${name.padEnd(20)} ${question}`).join("\n")}

Examples:
  npm run bench                                          all of them, on the embedded engine
  npm run bench -- --only pricing                        one of them
  npm run bench -- --quick --only write-units            a look at one
  npm run bench -- --json bench.json                     every sample, for machines
  DYNAMODB_ENDPOINT=http://127.0.0.1:8000 npm run bench  on another engine
`;

await new Command("npm run bench --")
  .description(
    "Measures what ai-usage reaches on this machine. Other work on it slows everything but the ratios.",
  )
  .option("--json <file>", "also write everything that was measured to a file")
  .addOption(new Option("--only <names...>", "run these alone").choices(names))
  .option("--quick", "fewer rounds and events", false)
  .addHelpText("after", HELP)
  .action(run)
  .parseAsync();

async function run({ json, only = names, quick }: Flags): Promise<void> {
  const at = new Date();
  const results: NamedResult[] = [];
  for (const benchmark of benchmarks.filter(({ name }) => only.includes(name))) {
    console.log(`\n${benchmark.name}: ${benchmark.question}`);
    const started = performance.now();
    const result = await benchmark.run({ quick, log: (line) => console.log(`  … ${line}`) });
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    const named = { name: benchmark.name, seconds, ...result };
    results.push(named);
    console.log(`${describeResult(named)}\n  ${seconds} s`);
  }
  console.log(`\nGoals${quick ? " (quick: figures are rough)" : ""}\n${describeGoals(results)}`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(toJson(results, { quick, at }), null, 2)}\n`);
  // Connections that the SDK keeps alive would hold the process for seconds.
  process.exit(0);
}
