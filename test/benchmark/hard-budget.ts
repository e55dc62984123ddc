import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { AIUsageClient } from "@ai-usage/client";
import { sum } from "simple-statistics";
import { bundleApplication } from "../support/bundle-application.ts";
import { LoadTargetProcess } from "../support/load-target-process.ts";
import { StackProcess } from "../support/stack-process.ts";
import type { Benchmark, BenchmarkResult, Finding, RunOptions } from "./benchmark.ts";
import { Child } from "./overhead/child.ts";
import { median, percentile } from "./statistics.ts";

const CONCURRENT = 20;
const PROCESSES = 4;
/** The stack's work for the first leases is not to fall into what is measured. */
const WARM_UP_CALLS = 500;

const full = { rounds: 11, calls: 2_000 };
const quickly = { rounds: 3, calls: 800 };

const DECISION_GOAL = { atMost: 1_000 };

interface Ran {
  readonly calls: number;
  readonly ms: number;
  readonly decisionsMs: readonly number[];
}

/** One after the other, with the budget and without. */
interface Pair {
  readonly budgeted: readonly Ran[];
  readonly free: readonly Ran[];
}

type Worker = Child<object>;

export const hardBudget: Benchmark = {
  name: "hard-budget",
  question:
    "What do decisions on calls take in an application, and what does a hard budget leave of its throughput?",
  async run({ quick, log }: RunOptions): Promise<BenchmarkResult> {
    const { rounds, calls } = quick ? quickly : full;
    const field = await openField();
    try {
      const pairs = new Map<number, Pair[]>();
      for (const processes of [1, PROCESSES]) {
        const workers = field.workers.slice(0, processes);
        pairs.set(processes, await measure(workers, { rounds, calls: Math.round(calls / processes) }));
        log(`${processes} at a time`);
      }
      return {
        findings: [...pairs].flatMap(([processes, ofThese]) => findingsOf(processes, ofThese)),
        notes: [
          `Each process has ${CONCURRENT} calls at a time, through the wrapped SDK, with a provider in a process of its own that answers at once.`,
          "Leases are the local stack's, which shares the machine. Metrics go nowhere. Rounds take turns with the budget and without; the ratio is the median of theirs.",
          "Decisions are those made at once, in memory, by the clock around them: what else the machine did in between is in them.",
        ],
        samples: Object.fromEntries(
          [...pairs].map(([processes, ofThese]) => [
            processes,
            ofThese.map(({ budgeted, free }) => ({ budgetedMs: msOf(budgeted), freeMs: msOf(free) })),
          ]),
        ),
      };
    } finally {
      await field.close();
    }
  },
};

async function openField() {
  const home = mkdtempSync(join(tmpdir(), "ai-usage-hard-budget-"));
  const source = fileURLToPath(new URL("./hard-budget-worker.ts", import.meta.url));
  const script = pathToFileURL(await bundleApplication(source, home));
  const stack = await StackProcess.start(join(home, "stack"));
  const { api_url, tokens } = stack.addresses;
  await new AIUsageClient({ apiUrl: api_url, token: tokens.admin }).createBudget({
    ...{ name: "all", scope: "global:all", amount: "1000000", period: "yearly", enforcement: "hard" },
  });
  const provider = await LoadTargetProcess.start();
  const parameters = JSON.stringify({ providerUrl: provider.url, apiUrl: api_url, token: tokens.ingest });
  const workers: Worker[] = [];
  for (let count = 0; count < PROCESSES; count += 1) workers.push(await Child.start(script, [parameters]));
  return {
    workers,
    close: async () => {
      await Promise.all(workers.map((worker) => worker.stop()));
      await provider.stop();
      await stack.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function measure(
  workers: readonly Worker[],
  { rounds, calls }: { readonly rounds: number; readonly calls: number },
): Promise<Pair[]> {
  const stretch = (isBudgeted: boolean, count: number) =>
    Promise.all(workers.map((one) => one.ask<Ran>({ isBudgeted, calls: count, concurrency: CONCURRENT })));
  for (const isBudgeted of [false, true]) await stretch(isBudgeted, WARM_UP_CALLS);
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // Who comes first has the caches warmed by nobody: both do in turn.
    const isFreeFirst = round % 2 === 0;
    const first = await stretch(!isFreeFirst, calls);
    const second = await stretch(isFreeFirst, calls);
    pairs.push(isFreeFirst ? { free: first, budgeted: second } : { budgeted: first, free: second });
  }
  return pairs;
}

/** Until the last of them is done. */
const msOf = (ran: readonly Ran[]): number => Math.max(...ran.map(({ ms }) => ms));

function findingsOf(processes: number, pairs: readonly Pair[]): Finding[] {
  const name = processes === 1 ? "one process" : `${processes} processes`;
  const all = pairs.flatMap(({ budgeted }) => budgeted.flatMap(({ decisionsMs }) => decisionsMs));
  const calls = sum(pairs.flatMap(({ budgeted }) => budgeted.map((ran) => ran.calls)));
  const seconds = sum(pairs.map(({ budgeted }) => msOf(budgeted))) / 1_000;
  return [
    { measure: `decision, half of them, ${name}`, value: percentile(all, 50) * 1_000, unit: "µs" },
    {
      measure: `decision, 99 of 100, ${name}`,
      value: percentile(all, 99) * 1_000,
      unit: "µs",
      goal: DECISION_GOAL,
    },
    { measure: `calls under a hard budget, ${name}`, value: calls / seconds, unit: "a second" },
    {
      measure: `of them decided on in memory, ${name}`,
      value: (all.length / calls) * 100,
      unit: "%",
    },
    {
      measure: `the same beside calls without one, ${name}`,
      value: median(pairs.map(({ budgeted, free }) => msOf(free) / msOf(budgeted))) * 100,
      unit: "%",
    },
  ];
}
