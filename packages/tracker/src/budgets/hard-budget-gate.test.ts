import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MetricInput } from "@ai-usage/client/leases";
import OpenAI from "openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withMetricListener } from "../context/usage-context.ts";
import { createCostMonitoredTracker, createTracker, type TrackerOptions } from "../create-tracker.ts";
import { memoryTransport } from "../delivery/memory-transport.ts";
import { TrackerConfigurationError } from "../environment/configuration-error.ts";
import { type ProviderServer, startProviderServer } from "../testing/index.ts";
import type { Tracker } from "../tracker.ts";
import { type LeaseServer, startLeaseServer } from "./testing/lease-server.ts";

let directory: string;
let provider: ProviderServer;
let server: LeaseServer;
const trackers: Tracker[] = [];
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "hard-budget-"));
  provider = await startProviderServer();
  server = await startLeaseServer({ leftCents: 50, perCallCents: { "gpt-4o": 50 } });
});
afterEach(async () => {
  for (const tracker of trackers.splice(0)) await tracker.close({ timeoutMs: 500 });
  await Promise.all([provider.close(), server.close()]);
  rmSync(directory, { recursive: true });
});

const named = () => ({ AI_USAGE_API_URL: server.url, AI_USAGE_TOKEN: "aiu_x_secret" });
const reachable = () => ({ apiUrl: server.url, token: "aiu_x_secret" });

function create(options: TrackerOptions, make = createTracker): Tracker {
  const tracker = make({ cwd: "/", env: {}, spoolDirectory: false, onProblem: () => {}, ...options });
  trackers.push(tracker);
  return tracker;
}

const openAIOf = (tracker: Tracker) =>
  tracker.wrap(new OpenAI({ apiKey: "sk-test", baseURL: provider.openAIUrl, maxRetries: 0 }));

const ask = (openai: OpenAI) =>
  openai.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content: "Hello" }] });

describe("a tracker with a hard budget", () => {
  it("makes calls from leases, as their metrics say, and refuses those that there is no room for", async () => {
    const openai = openAIOf(create({ ...reachable(), hardBudget: true }));
    const metrics: MetricInput[] = [];
    const outcomes = await withMetricListener(
      (metric) => metrics.push(metric),
      () => Promise.allSettled([ask(openai), ask(openai)]),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const refused = outcomes.find((outcome) => outcome.status === "rejected");
    expect(refused?.reason).toMatchObject({ name: "BudgetExhaustedError", status: 402 });
    expect(metrics).toMatchObject([{ model: expect.stringMatching(/^gpt-4o/), lease_id: "lea_1" }]);
  });

  it.each<[string, () => TrackerOptions]>([
    ["a transport, of the API of the options", () => ({ ...reachable(), transport: memoryTransport() })],
    ["a transport, of the environment's", () => ({ env: named(), transport: memoryTransport() })],
    ["TRACK_TO_FILE", () => ({ env: { ...named(), TRACK_TO_FILE: join(directory, "calls.jsonl") } })],
  ])("asks the API that is named beside %s", async (_, options) => {
    const openai = openAIOf(create({ ...options(), hardBudget: true }));
    const outcomes = await Promise.allSettled([ask(openai), ask(openai)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  it("gives back what it holds when it is closed", async () => {
    const tracker = create({ ...reachable(), hardBudget: { outputTokensMax: 50 } });
    await ask(openAIOf(tracker));
    expect(server.leftCents).toBe(0);
    await tracker.close({ timeoutMs: 2_000 });
    expect(server.closed).toHaveLength(1);
    expect(server.leftCents).toBeGreaterThan(0);
  });

  it("closes all the same while nobody takes anything back", async () => {
    const tracker = create({ ...reachable(), hardBudget: true });
    await ask(openAIOf(tracker));
    server.isAway = true;
    expect(await tracker.close({ timeoutMs: 200 })).toMatchObject({ recorded: 1 });
    expect(server.closed).toEqual([]);
  });

  it.each<[string, TrackerOptions, RegExp]>([
    ["without an API", { hardBudget: true }, /AI_USAGE_API_URL/],
    [
      "beside a gate",
      { hardBudget: true, gate: { enter: () => ({ done: () => {} }), close: async () => {} } },
      /gate/,
    ],
  ])("cannot be %s", (_, options, message) => {
    const start = () => create(options);
    expect(start).toThrow(TrackerConfigurationError);
    expect(start).toThrow(message);
  });

  it("only meters where ENABLE_BUDGET_ENFORCEMENT is false", async () => {
    const openai = openAIOf(create({ hardBudget: true, env: { ENABLE_BUDGET_ENFORCEMENT: "false" } }));
    await ask(openai);
    expect(server.acquired).toEqual([]);
  });

  it("is what a tracker that monitors costs has", async () => {
    server.leftCents = 0;
    const openai = openAIOf(create(reachable(), createCostMonitoredTracker));
    await expect(ask(openai)).rejects.toMatchObject({ name: "BudgetExhaustedError" });
  });
});
