/** A benchmark and what it says it answers. */
export interface Benchmark {
  readonly name: string;
  readonly question: string;
  run(options: RunOptions): Promise<BenchmarkResult>;
}

export interface RunOptions {
  /** Fewer rounds and events: for a look, not for figures to quote. */
  readonly quick: boolean;
  /** Takes a line of progress. */
  readonly log: (line: string) => void;
}

export interface BenchmarkResult {
  readonly findings: readonly Finding[];
  /** Breakdowns of the findings. */
  readonly tables?: readonly DetailTable[];
  /** What a reader has to know to read the findings right. */
  readonly notes: readonly string[];
  /** Every single measurement behind the findings, for the JSON file. */
  readonly samples: unknown;
}

export interface DetailTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** One figure that was measured (or computed from measured ones, where its note says so). */
export interface Finding {
  readonly measure: string;
  readonly value: number;
  readonly unit: string;
  readonly goal?: Goal;
}

export type Goal = { readonly atLeast: number } | { readonly atMost: number };

export function isMet(value: number, goal: Goal): boolean {
  return "atLeast" in goal ? value >= goal.atLeast : value <= goal.atMost;
}
