import { cpus } from "node:os";
import CliTable from "cli-table3";
import { type BenchmarkResult, type DetailTable, type Finding, isMet } from "./benchmark.ts";

export interface NamedResult extends BenchmarkResult {
  readonly name: string;
  readonly seconds: number;
}

const style = { head: [], border: [], compact: true };

/** One benchmark's tables and notes, as text. */
export function describeResult({ tables = [], notes, findings }: NamedResult): string {
  return [...tables.map(detailText), findingsText(findings), ...notes.map((note) => `  ${note}`)].join("\n");
}

/** The figures that have a goal, of all benchmarks. */
export function describeGoals(results: readonly NamedResult[]): string {
  return findingsText(
    results.flatMap(({ name, findings }) =>
      findings
        .filter(({ goal }) => goal !== undefined)
        .map((finding) => ({ ...finding, measure: `${name}: ${finding.measure}` })),
    ),
  );
}

/** All of it for machines. */
export function toJson(results: readonly NamedResult[], options: { quick: boolean; at: Date }): unknown {
  return {
    at: options.at.toISOString(),
    quick: options.quick,
    machine: { node: process.version, processors: cpus().length, model: cpus()[0]?.model },
    engine: process.env.DYNAMODB_ENDPOINT ? "DYNAMODB_ENDPOINT" : "embedded",
    benchmarks: results.map(({ findings, ...result }) => ({
      ...result,
      findings: findings.map((finding) => ({
        ...finding,
        met: finding.goal && isMet(finding.value, finding.goal),
      })),
    })),
  };
}

function findingsText(findings: readonly Finding[]): string {
  const table = new CliTable({
    head: ["measure", "reached", "goal", "met"],
    style,
  });
  for (const { measure, value, unit, goal } of findings) {
    const met = goal === undefined ? "" : isMet(value, goal) ? "yes" : "NO";
    table.push([measure, `${rounded(value)} ${unit}`, goalText(goal), met]);
  }
  return table.toString();
}

function detailText({ head, rows }: DetailTable): string {
  const table = new CliTable({ head: [...head], style });
  for (const row of rows) table.push([...row]);
  return table.toString();
}

function goalText(goal: Finding["goal"]): string {
  if (goal === undefined) return "";
  return "atLeast" in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`;
}

function rounded(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: Math.abs(value) < 10 ? 3 : 0 });
}
