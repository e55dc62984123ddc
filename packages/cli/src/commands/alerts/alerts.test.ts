import { type MemoryApi, startMemoryApi } from "@ai-usage/client/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { NOW, runCli } from "../../testing/run-cli.ts";

let api: MemoryApi;
beforeEach(async () => {
  api = await startMemoryApi(() => NOW);
});
afterEach(() => api.close());

const crossed = async () => {
  await runCli(api, "budget create --scope global:all --amount 10 --period monthly --name all");
  await runCli(api, "record --service s --operation o --cost-usd 8 --request-id r1");
};
const WARNING = "bud_1.2026-11.80.r1";

const failedDelivery = (channelId: string) => ({
  alertId: WARNING,
  channelId,
  channelName: "#costs",
  channelKind: "slack" as const,
  reason: "raised" as const,
  state: "failed" as const,
  dueAt: NOW,
  at: NOW,
  tries: 2,
  revision: 1,
  attempts: [
    { at: NOW, ms: 120, outcome: "failed" as const, status: 503 },
    { at: NOW, ms: 5000, outcome: "failed" as const, error: "no answer in time" },
  ],
});

describe("alerts list", () => {
  it("shows what was crossed, how it stands, and whether people were told", async () => {
    await crossed();
    const { stdout } = await runCli(api, "alerts list");
    expect(stdout).toMatch(
      /WARNING +open +80 % +\$8\.00 +\$10\.00 +all +global:all +2026-11 +not yet +bud_1\.2026-11\.80\.r1/,
    );
    expect(stdout).toMatch(/INFO .* with a higher one/);
    expect(JSON.parse((await runCli(api, "alerts list --limit 1 --json")).stdout).alerts).toHaveLength(1);
  });

  it("shows what has no price, how many calls of it, and since when", async () => {
    const gpt = { service: "openai", model: "gpt-9", operation: "chat" };
    const calls = [
      { ...gpt, request_id: "r1", timestamp: "2026-11-20T10:00:00Z" },
      { ...gpt, request_id: "r2", timestamp: NOW, call_count: 1500 },
      { request_id: "r3", service: "places", operation: "place_details", timestamp: NOW },
    ];
    await runCli(api, "record -", { stdin: calls.map((call) => JSON.stringify(call)).join("\n") });
    const { stdout } = await runCli(api, "alerts list");
    expect(stdout).toMatch(/WARNING +open +openai +gpt-9 +1,500 +2026-11-22 +2026-11-20 +not yet/);
    expect(stdout).toMatch(/WARNING +open +places +place_details +1 +2026-11-22 +2026-11-22 +not yet/);
    expect(stdout).not.toContain("budget");
  });

  it("shows budgets and prices each in a table of its own", async () => {
    await crossed();
    await runCli(api, "record --service openai --model gpt-9 --operation chat --request-id r2");
    const [ofBudgets, unpriced, ...more] = (await runCli(api, "alerts list")).stdout.split("\n\n");
    expect(ofBudgets).toMatch(/^raised +level +state +at +spent +of +budget.* 80 % /s);
    expect(unpriced).toMatch(/^raised +level +state +service +no price for +calls.* gpt-9 /s);
    expect(more).toEqual([]);
  });

  it("asks for states, a level, kinds, a scope and a budget", async () => {
    await crossed();
    const before = api.requests.length;
    const { stdout } = await runCli(
      api,
      "alerts list --state open,acknowledged --level WARNING --kind budget_threshold,cost_spike --scope global:all --budget bud_1",
    );
    expect(api.requests[before]?.query).toMatchObject({
      state: "open,acknowledged",
      level: "WARNING",
      kind: "budget_threshold,cost_spike",
      scope: "global:all",
      budget_id: "bud_1",
    });
    expect(stdout).toContain("WARNING");
    expect(stdout).not.toContain("INFO");
    expect((await runCli(api, "alerts list --state resolved")).stdout).toBe("No such alerts.\n");
  });

  it("says so when there is none", async () => {
    expect((await runCli(api, "alerts list")).stdout).toMatch(/^No alerts: no budget .* no call without/);
  });
});

describe("an alert", () => {
  beforeEach(crossed);

  it("is acknowledged and resolved, with who said so and why", async () => {
    const { stdout } = await runCli(api, `alerts ack ${WARNING} --note 'looking into it'`);
    expect(stdout).toMatch(/acknowledged +2026-11-22 12:00:00Z by token1: looking into it/);
    expect((await runCli(api, "alerts list --state acknowledged")).stdout).toContain(WARNING);
    await runCli(api, `alerts resolve ${WARNING}`);
    const late = await runCli(api, `alerts ack ${WARNING}`);
    expect(late.exitCode).toBe(1);
    expect(late.stderr).toContain("resolved");
  });

  it("is snoozed for a time, or until one", async () => {
    const { stdout } = await runCli(api, `alerts snooze ${WARNING} --for 12h`);
    expect(api.requests.at(-1)?.body).toEqual({ minutes: 720 });
    expect(stdout).toMatch(/snoozed +until 2026-11-23 00:00:00Z/);
    expect((await runCli(api, "alerts list")).stdout).toContain("snoozed until 2026-11-23");
    await runCli(api, `alerts snooze ${WARNING} --until 2026-11-25T08:00:00Z --note holidays`);
    expect(api.requests.at(-1)?.body).toEqual({ until: "2026-11-25T08:00:00.000Z", note: "holidays" });
    expect((await runCli(api, `alerts snooze ${WARNING}`)).exitCode).toBe(2);
  });

  it("shows each attempt to tell people", async () => {
    api.ledger.told.deliveries.set(WARNING, [failedDelivery("chn_1")]);
    expect((await runCli(api, "alerts list")).stdout).toContain("#costs failed");
    const { stdout } = await runCli(api, `alerts show ${WARNING}`);
    expect(stdout).toMatch(/budget +all \(bud_1\)/);
    expect(stdout).toMatch(/spent +\$8\.00 of \$10\.00 in 2026-11/);
    expect(stdout).toContain('slack "#costs" failed, chn_1');
    expect(stdout).toContain("failed, status 503, after 120 ms");
    expect(stdout).toContain("failed, no answer in time, after 5,000 ms");
  });
});

describe("alerts redrive", () => {
  beforeEach(async () => {
    await crossed();
    api.ledger.told.deliveries.set(WARNING, [failedDelivery("chn_1"), failedDelivery("chn_2")]);
  });

  it("sends one message again", async () => {
    const { stdout } = await runCli(api, `alerts redrive ${WARNING} --channel chn_2`);
    expect(stdout).toContain('slack "#costs" waiting, due 2026-11-22 12:00:00Z, chn_2');
    expect(stdout).toContain('slack "#costs" failed, chn_1');
  });

  it("sends all again that were given up, after asking", async () => {
    expect((await runCli(api, "alerts redrive --all")).exitCode).toBe(2);
    const one = await runCli(api, "alerts redrive --all --channel chn_1 --yes");
    expect(one.stdout).toBe("1 message is sent again\n");
    expect(JSON.parse((await runCli(api, "alerts redrive --all --yes --json")).stdout)).toEqual({
      redriven: 1,
    });
  });

  it("wants to know which", async () => {
    expect((await runCli(api, "alerts redrive")).exitCode).toBe(2);
    expect((await runCli(api, `alerts redrive ${WARNING}`)).stderr).toContain("--channel");
    expect((await runCli(api, `alerts redrive ${WARNING} --all`)).exitCode).toBe(2);
  });
});
