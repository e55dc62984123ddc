// An application in a process of its own: makes the calls that it is told to, under a hard budget or under none, and says
// what they took. Metrics go nowhere: what differs is the budget alone.
import { createTracker } from "@ai-usage/tracker";
import OpenAI from "openai";
import { hardBudgetGate } from "../../packages/tracker/src/budgets/hard-budget-gate.ts";
import { TimedGate } from "../support/timed-gate.ts";

/** What the worker is started with, as JSON. */
interface WorkerParameters {
  readonly providerUrl: string;
  readonly apiUrl: string;
  readonly token: string;
}

interface Stretch {
  readonly id: number;
  readonly isBudgeted: boolean;
  readonly calls: number;
  readonly concurrency: number;
}

const { providerUrl, apiUrl, token } = JSON.parse(process.argv[2] ?? "{}") as WorkerParameters;
const surroundings = { api: { apiUrl, token }, onProblem: ({ error }: { error?: unknown }) => fail(error) };
const gate = new TimedGate(hardBudgetGate({ failMode: "closed" }, surroundings));

const clientWith = (budget?: TimedGate): OpenAI => {
  const tracker = createTracker({
    transport: {
      name: "nowhere",
      send: async (lines) => ({ outcomes: lines.map(() => ({ status: "stored" as const })) }),
    },
    spoolDirectory: false,
    ...(budget !== undefined && { gate: budget }),
  });
  return tracker.wrap(new OpenAI({ apiKey: "sk-benchmark", baseURL: `${providerUrl}/v1` }), {
    service: "openai",
  });
};
const budgeted = clientWith(gate);
const free = clientWith();
const body = {
  model: "gpt-4o",
  max_tokens: 20,
  messages: [{ role: "user" as const, content: "Hello" }],
};

async function run({ isBudgeted, calls, concurrency }: Stretch) {
  const client = isBudgeted ? budgeted : free;
  gate.fromMemoryMs.length = 0;
  let left = calls;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await client.chat.completions.create(body);
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: concurrency }, lane));
  return { calls, ms: performance.now() - begun, decisionsMs: [...gate.fromMemoryMs] };
}

/** A call that nobody could be asked about would be measured as one that was let in. */
function fail(error: unknown): void {
  console.error(error);
  process.exit(1);
}

process.on("message", async (stretch: Stretch) => {
  process.send?.({ id: stretch.id, result: await run(stretch) });
});
process.on("disconnect", () => process.exit());
process.send?.({ kind: "ready" });
