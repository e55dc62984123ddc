// An application of its own: makes calls, several at a time, until a budget refuses each of them. It says so when it is
// ready, begins when it is told to, and tells in the end what it made and what deciding took.
import { once } from "node:events";
import { setPriority } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { BudgetExhaustedError, BudgetUnavailableError, createTracker } from "@ai-usage/tracker";
import OpenAI from "openai";
import { hardBudgetGate } from "../../packages/tracker/src/budgets/hard-budget-gate.ts";
import { percentile } from "../benchmark/statistics.ts";
import type { BudgetedRun } from "./budgeted-run.ts";
import { TimedGate } from "./timed-gate.ts";

const CONCURRENT = 20;
const BODY = {
  model: "gpt-4o",
  messages: [{ role: "user" as const, content: "Hello" }],
};
/** Somewhat more than a call takes. */
const MAXIMUM = { cost_usd: "0.00015" };

let leaseRequests = 0;
const plainFetch = globalThis.fetch;
globalThis.fetch = (input, init) => {
  if (String(input).endsWith("/leases")) leaseRequests += 1;
  return plainFetch(input, init);
};

let timed: TimedGate | undefined;
const tracker = createTracker({
  gate: (surroundings) => {
    timed = new TimedGate(hardBudgetGate({ failMode: "closed", maximum: () => MAXIMUM }, surroundings));
    return timed;
  },
});
const openai = tracker.wrap(new OpenAI({ apiKey: "sk-test", maxRetries: 5 }), { service: "openai" });
const run = { made: 0, unasked: 0 };

async function callUntilRefused(): Promise<void> {
  for (;;) {
    try {
      await openai.chat.completions.create(BODY);
      run.made += 1;
    } catch (error) {
      if (error instanceof BudgetExhaustedError) return;
      if (!(error instanceof BudgetUnavailableError)) throw error;
      // So many processes on a small machine: the stack answers late, and nothing is let in meanwhile.
      run.unasked += 1;
      await sleep(500);
    }
  }
}

// Stack and provider are on other machines in earnest: fifty busy applications are not to keep them from their work.
setPriority(19);
process.stdout.write("ready\n");
await once(process.stdin, "data");
process.stdin.destroy();
const begun = performance.now();
await Promise.all(Array.from({ length: CONCURRENT }, callUntilRefused));
const seconds = (performance.now() - begun) / 1_000;
const { dropped, waiting } = await tracker.close({ timeoutMs: 60_000 });
const fromMemory = timed?.fromMemoryMs ?? [];
const told: BudgetedRun = {
  ...{ ...run, seconds, leaseRequests, dropped, waiting },
  fromMemory: fromMemory.length,
  decisionMs: {
    p50: percentile(fromMemory, 50),
    p99: percentile(fromMemory, 99),
    max: percentile(fromMemory, 100),
  },
};
process.stdout.write(`${JSON.stringify(told)}\n`);
