import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MemoryApi, startMemoryApi } from "@ai-usage/client/testing";
import { instantFromEpochMs } from "@ai-usage/core";
import OpenAI from "openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withUsageContext } from "./context/usage-context.ts";
import { createCostMonitoredTracker, createTracker, type TrackerOptions } from "./create-tracker.ts";
import type { TrackerProblem } from "./delivery/delivery.ts";
import { memoryTransport } from "./delivery/memory-transport.ts";
import { TrackerConfigurationError } from "./environment/configuration-error.ts";
import type { Gate } from "./recording/gate.ts";
import { type ProviderServer, startProviderServer } from "./testing/index.ts";
import { startApplication } from "./testing/start-application.ts";
import { testTracker } from "./testing/test-tracker.ts";
import type { Tracker } from "./tracker.ts";

let directory: string;
let server: ProviderServer;
let api: MemoryApi;
const trackers: Tracker[] = [];

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "create-tracker-"));
  server = await startProviderServer();
  api = await startMemoryApi(() => instantFromEpochMs(Date.now()));
});
afterEach(async () => {
  for (const tracker of trackers.splice(0)) await tracker.close({ timeoutMs: 1_000 });
  await Promise.all([server.close(), api.close()]);
  rmSync(directory, { recursive: true });
});

function create(options: TrackerOptions): Tracker {
  const tracker = createTracker({
    cwd: directory,
    env: {},
    spoolDirectory: join(directory, "spool"),
    ...options,
  });
  trackers.push(tracker);
  return tracker;
}

const client = () => new OpenAI({ apiKey: "sk-test", baseURL: server.openAIUrl, maxRetries: 0 });

const ask = (openai: OpenAI, content = "Hello") =>
  openai.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content }] });

const sent = () =>
  api.requests.flatMap(({ path, body }) =>
    path === "/ai_usage" ? (body as { metrics: Record<string, unknown>[] }).metrics : [],
  );

function startLocalStack(): void {
  mkdirSync(join(directory, ".ai-usage"));
  const local = { api_url: api.url, tokens: { admin: api.token } };
  writeFileSync(join(directory, ".ai-usage", "local.json"), JSON.stringify(local));
}

describe("createTracker", () => {
  it("sends to the API of the environment, with what the environment says of who calls", async () => {
    const env = {
      AI_USAGE_API_URL: api.url,
      AI_USAGE_TOKEN: api.token,
      USER_ID: "ada",
      AI_USAGE_TEAM: "growth",
    };
    const tracker = create({ env, defaults: { team: "atlas" } });
    await ask(tracker.wrap(client()));
    expect(await tracker.flush()).toMatchObject({ recorded: 1, delivered: 1 });
    expect(sent()).toMatchObject([{ service: "openai", model: "gpt-4o", user_id: "ada", team: "atlas" }]);
  });

  it("finds the local stack of a directory above", async () => {
    startLocalStack();
    const cwd = join(directory, "packages", "app");
    mkdirSync(cwd, { recursive: true });
    const tracker = create({ cwd });
    await ask(tracker.wrap(client()));
    expect(await tracker.flush()).toMatchObject({ delivered: 1 });
  });

  it("keeps what it meters while no API is known, tells once what to do, and sends it when there is one", async () => {
    const problems: TrackerProblem[] = [];
    const tracker = create({ onProblem: (problem) => problems.push(problem) });
    const openai = tracker.wrap(client());
    await ask(openai);
    expect(await tracker.flush({ timeoutMs: 300 })).toMatchObject({ delivered: 0, waiting: 1 });
    await tracker.flush({ timeoutMs: 300 });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ kind: "delivery" });
    expect(problems[0]?.error.message).toMatch(/AI_USAGE_API_URL and AI_USAGE_TOKEN/);
    startLocalStack();
    expect(await tracker.flush()).toMatchObject({ delivered: 1, waiting: 0 });
    expect(sent()).toHaveLength(1);
  });

  it("sends what an application metered in the same directory while no API was known", async () => {
    const earlier = startApplication({ spoolDirectory: join(directory, "spool"), cwd: directory });
    await earlier.meter("gpt-4o", "gpt-4.1");
    await earlier.kill();
    startLocalStack();
    create({});
    await expect
      .poll(() => sent().map(({ model }) => model), { timeout: 15_000 })
      .toEqual(["gpt-4o", "gpt-4.1"]);
  });

  it("writes to the file of TRACK_TO_FILE instead", async () => {
    startLocalStack();
    const file = join(directory, "calls.jsonl");
    const tracker = create({ env: { TRACK_TO_FILE: file } });
    await ask(tracker.wrap(client()));
    await tracker.flush();
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ model: "gpt-4o" });
    expect(sent()).toEqual([]);
  });

  it("sends calls to the transport alone that it is given, and nothing to a stack nearby", async () => {
    startLocalStack();
    const problems: TrackerProblem[] = [];
    for (const env of [{}, { AI_USAGE_API_URL: api.url, AI_USAGE_TOKEN: api.token }]) {
      const transport = memoryTransport();
      const tracker = create({ transport, env, onProblem: (problem) => problems.push(problem) });
      await ask(tracker.wrap(client()));
      if (!("AI_USAGE_API_URL" in env)) tracker.trackOutcome({ outcome: "draft_sent" });
      await tracker.close();
      expect(transport.metrics).toHaveLength(1);
    }
    expect(problems).toMatchObject([
      { kind: "dropped", error: { message: expect.stringMatching(/set AI_USAGE_API_URL/) } },
    ]);
    expect(api.requests).toEqual([]);
  });

  it("leaves what waited for an API to the API, whatever else a transport takes", async () => {
    const earlier = startApplication({ spoolDirectory: join(directory, "spool"), cwd: directory });
    await earlier.meter("gpt-4o");
    await earlier.kill();
    const transport = memoryTransport();
    const env = { AI_USAGE_API_URL: api.url, AI_USAGE_TOKEN: api.token };
    const beside = create({ transport, env });
    await ask(beside.wrap(client()));
    await beside.close();
    create({ env });
    await expect.poll(() => sent().map(({ model }) => model), { timeout: 15_000 }).toEqual(["gpt-4o"]);
    expect(transport.metrics).toHaveLength(1);
  });

  it("needs no API beside a transport or a file: half an address in the environment is none", async () => {
    const env = { AI_USAGE_API_URL: api.url, AI_USAGE_TOKEN: "" };
    const file = join(directory, "calls.jsonl");
    for (const options of [{ env, transport: memoryTransport() }, { env: { ...env, TRACK_TO_FILE: file } }]) {
      const tracker = create(options);
      await ask(tracker.wrap(client()));
      expect(await tracker.flush()).toMatchObject({ delivered: 1 });
      expect(() => create({ ...options, hardBudget: true })).toThrow(/AI_USAGE_API_URL and AI_USAGE_TOKEN/);
    }
  });

  it("leaves a client as it is when TRACK_AI_USAGE is false", async () => {
    const tracker = create({
      env: { TRACK_AI_USAGE: "false", AI_USAGE_API_URL: api.url, AI_USAGE_TOKEN: api.token },
    });
    const openai = client();
    const own = Object.getOwnPropertyNames(openai);
    expect(tracker.wrap(openai)).toBe(openai);
    expect(Object.getOwnPropertyNames(openai)).toEqual(own);
    await ask(openai);
    expect(await tracker.flush()).toMatchObject({ recorded: 0 });
    expect(sent()).toEqual([]);
  });

  it.each<[string, TrackerOptions, RegExp]>([
    ["a variable", { env: { TRACK_AI_USAGE: "perhaps" } }, /^TRACK_AI_USAGE must be true or false$/],
    ["an address without its token", { env: { AI_USAGE_API_URL: "https://x.example" } }, /AI_USAGE_TOKEN/],
    ["an apiUrl without its token", { apiUrl: "https://x.example" }, /apiUrl .* token/],
    ["an address that is none", { apiUrl: "x.example", token: "aiu_x" }, /x\.example/],
    [
      "an address beside a transport",
      { apiUrl: "x.example", token: "aiu_x", transport: memoryTransport() },
      /x\.example/,
    ],
    [
      "an address without its token beside a transport",
      { apiUrl: "https://x.example", transport: memoryTransport() },
      /apiUrl .* token/,
    ],
    ["a key that is no secret", { hashUserIds: { key: "short" } }, /at least 16/],
  ])("says at the start what is wrong with %s", (_, options, message) => {
    const start = () => createTracker({ cwd: directory, env: {}, spoolDirectory: false, ...options });
    expect(start).toThrow(TrackerConfigurationError);
    expect(start).toThrow(message);
  });
});

describe("hashed user ids", () => {
  const key = "0123456789abcdef-secret";

  it("leave the process as u_ and 32 hexadecimal digits, the same for the same user", async () => {
    const { tracker, metrics } = testTracker({ hashUserIds: { key } });
    const openai = tracker.wrap(client());
    for (const userId of ["ada@example.com", "bob@example.com", "ada@example.com"])
      await withUsageContext({ userId }, () => ask(openai));
    await tracker.flush();
    const ids = metrics.map(({ user_id }) => user_id);
    expect(ids[0]).toMatch(/^u_[0-9a-f]{32}$/);
    expect(ids[2]).toBe(ids[0]);
    expect(ids[1]).not.toBe(ids[0]);
    expect(JSON.stringify(metrics)).not.toContain("example.com");
  });

  it("are what budgets are asked about", async () => {
    const asked: (string | undefined)[] = [];
    const gate: Gate = {
      enter: (_, context) => {
        asked.push(context.userId);
        return { done: () => {} };
      },
      close: async () => {},
    };
    const { tracker, metrics } = testTracker({ hashUserIds: { key }, gate });
    await withUsageContext({ userId: "ada" }, () => ask(tracker.wrap(client())));
    await tracker.flush();
    expect(asked).toEqual([metrics[0]?.user_id]);
    expect(asked).not.toContain("ada");
  });
});

describe("prompt hashes", () => {
  it("tell which calls had the same prompt, and hold nothing of it", async () => {
    const { tracker, metrics } = testTracker({ hashPrompts: { key: "0123456789abcdef-secret" } });
    const openai = tracker.wrap(client());
    for (const content of ["What is love?", "What is hate?", "What is love?"]) await ask(openai, content);
    await tracker.flush();
    const hashes = metrics.map(({ prompt_hash }) => prompt_hash);
    expect(hashes[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(hashes[2]).toBe(hashes[0]);
    expect(hashes[1]).not.toBe(hashes[0]);
    expect(JSON.stringify(metrics)).not.toContain("What is");
  });
});

describe("createCostMonitoredTracker", () => {
  const refusing: Gate = {
    enter: () => {
      throw new Error("no money");
    },
    close: async () => {},
  };

  it.each([
    [{}, "refused"],
    [{ ENABLE_COST_MONITORING: "false" }, "made"],
    [{ ENABLE_BUDGET_ENFORCEMENT: "false" }, "made"],
  ])("with %o has a call that budgets have no room for %s", async (env, outcome) => {
    const options = {
      cwd: directory,
      env,
      spoolDirectory: false,
      gate: refusing,
      onProblem: () => {},
    } as const;
    const tracker = createCostMonitoredTracker(options);
    trackers.push(tracker);
    const asked = await ask(tracker.wrap(client())).then(
      () => "made",
      () => "refused",
    );
    expect(asked).toBe(outcome);
  });
});
