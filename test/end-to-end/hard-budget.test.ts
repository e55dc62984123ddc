import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AIUsageClient } from "@ai-usage/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BudgetedApplication, bundleBudgetedApplication } from "../support/budgeted-applications.ts";
import type { BudgetedRun } from "../support/budgeted-run.ts";
import { LoadTargetProcess } from "../support/load-target-process.ts";
import { StackProcess } from "../support/stack-process.ts";

const PROCESSES = 50;
/** List price of an answer of the load target: 19 tokens in and 10 out, of gpt-4o. In ten-millionths of a dollar. */
const PRICE = 1_475n;
const UNITS_A_DOLLAR = 10_000_000n;
/** Has room for somewhat over 20,000 calls. */
const LIMIT = "3";

const home = mkdtempSync(join(tmpdir(), "ai-usage-hard-"));
let stack: StackProcess;
let provider: LoadTargetProcess;
let script: string;
beforeAll(async () => {
  script = await bundleBudgetedApplication(home);
  provider = await LoadTargetProcess.start();
  stack = await StackProcess.start(join(home, "stack"));
});
afterAll(async () => {
  await stack?.stop();
  await provider?.stop();
  rmSync(home, { recursive: true, force: true });
});

const sumOf = (runs: readonly BudgetedRun[], of: (run: BudgetedRun) => number): number =>
  runs.reduce((sum, run) => sum + of(run), 0);

/** Exact, in ten-millionths of a dollar: no price here has more digits. */
function unitsOf(dollars: string): bigint {
  const [whole = "0", fraction = ""] = dollars.split(".");
  expect(fraction.length).toBeLessThanOrEqual(7);
  return BigInt(whole) * UNITS_A_DOLLAR + BigInt(fraction.padEnd(7, "0"));
}

async function runApplications(): Promise<BudgetedRun[]> {
  const { api_url, tokens } = stack.addresses;
  const environment = {
    ...{ AI_USAGE_API_URL: api_url, AI_USAGE_TOKEN: tokens.ingest },
    ...{ OPENAI_BASE_URL: `${provider.url}/v1`, AI_USAGE_SPOOL_DIR: join(home, "spool") },
  };
  const applications = Array.from({ length: PROCESSES }, () => new BudgetedApplication(script, environment));
  try {
    // Who began before the others are there would have the budget to itself.
    await Promise.all(applications.map((one) => one.ready()));
    return await Promise.all(applications.map((one) => one.run()));
  } finally {
    for (const one of applications) one.kill();
  }
}

describe("one hard budget that 50 processes with 20 calls at a time fall under", () => {
  it("is used up, never passed, and decided on in memory", async () => {
    const { api_url, tokens } = stack.addresses;
    const client = new AIUsageClient({ apiUrl: api_url, token: tokens.admin });
    const { budget_id } = await client.createBudget({
      ...{ name: "all", scope: "global:all", amount: LIMIT, period: "yearly", enforcement: "hard" },
      // While nobody can be asked, no call is made.
      fail_mode: "closed",
    });
    const runs = await runApplications();
    const made = sumOf(runs, (run) => run.made);
    const cost = BigInt(made) * PRICE;
    expect(cost).toBeLessThanOrEqual(unitsOf(LIMIT));
    // What somebody still held as the others were refused is not waited for.
    expect(cost * 10n).toBeGreaterThanOrEqual(unitsOf(LIMIT) * 9n);

    expect(sumOf(runs, (run) => run.dropped + run.waiting)).toBe(0);
    await expect
      .poll(async () => (await client.usage()).summary.total_api_calls, { timeout: 60_000, interval: 500 })
      .toBe(made);
    const { summary } = await client.usage();
    expect(unitsOf(summary.total_cost_usd_exact)).toBe(cost);

    const { spent, reserved, limit } = await client.budgetLedger(budget_id);
    expect(unitsOf(spent) + unitsOf(reserved)).toBeLessThanOrEqual(unitsOf(limit));
    expect(unitsOf(spent)).toBe(cost);

    // The first thousand wait for the first leases; on a busy machine others do.
    expect(sumOf(runs, (run) => run.fromMemory)).toBeGreaterThan(made * 0.8);
    expect(sumOf(runs, (run) => run.leaseRequests)).toBeLessThan(made * 0.1);
  });
});
