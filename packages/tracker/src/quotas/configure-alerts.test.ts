import { EventEmitter, once } from "node:events";
import { AIUsageClient } from "@ai-usage/client";
import { type MemoryApi, startMemoryApi } from "@ai-usage/client/testing";
import { type Instant, parseInstant } from "@ai-usage/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TrackerProblem } from "../delivery/delivery.ts";
import { TrackerConfigurationError } from "../environment/configuration-error.ts";
import { configureAlerts, type QuotaAlert, type QuotaAlerts } from "./configure-alerts.ts";

let now: Instant;
let api: MemoryApi;
let client: AIUsageClient;
let told: string[];
let problems: TrackerProblem[];
let running: QuotaAlerts[];
beforeEach(async () => {
  now = parseInstant("2026-11-22T12:00:00Z");
  api = await startMemoryApi(() => now);
  client = new AIUsageClient({ apiUrl: api.url, token: api.token });
  [told, problems, running] = [[], [], []];
});
afterEach(async () => {
  for (const alerts of running) alerts.stop();
  await api.close();
});

const tell = ({ name, threshold, budget }: QuotaAlert) =>
  void told.push(`${name} ${threshold}: ${budget.spent} of ${budget.limit} ${budget.period}`);
const common = () => ({
  ...{ team: "growth", apiUrl: api.url, token: api.token, everyMs: 3_600_000 },
  onProblem: (problem: TrackerProblem) => void problems.push(problem),
});

function watched<Alerts extends QuotaAlerts>(alerts: Alerts): Alerts {
  running.push(alerts);
  return alerts;
}
const newAlerts = () =>
  watched(
    configureAlerts({
      ...common(),
      thresholds: { half: "50%", third: "33.333333333333333333%", three_dollars: "3.00" },
      callbacks: { half: tell, third: tell, three_dollars: tell },
    }),
  );

let calls = 0;
const spend = (cost_usd: string) => {
  calls += 1;
  const call = { service: "openai", model: "gpt-4o", operation: "chat", timestamp: now, input_tokens: 100 };
  return client.recordMetrics([{ request_id: `r${calls}`, ...call, team: "growth", cost_usd }]);
};

describe("alerts in process", () => {
  it("are told once for each budget, period and threshold, when it is reached to the last digit", async () => {
    await client.setTeamBudget("growth", { daily: "6" });
    const alerts = newAlerts();
    await spend("2.999999999999999999");
    await alerts.check();
    expect(told).toEqual(["third 33.333333333333333333%: 2.999999999999999999 of 6 daily"]);
    await spend("0.000000000000000001");
    const [half] = await alerts.check();
    expect(half).toMatchObject({
      name: "half",
      budget: { scope: "team:growth", unit: "usd", remaining: "3" },
    });
    await spend("1");
    expect(await alerts.check()).toEqual([]);
    expect(told.slice(1)).toEqual(["half 50%: 3 of 6 daily", "three_dollars 3.00: 3 of 6 daily"]);
  });

  it("are told anew in the next period, and of each budget", async () => {
    await client.setTeamBudget("growth", { daily: "6" });
    const alerts = newAlerts();
    await spend("4");
    await alerts.check();
    now = parseInstant("2026-11-23T00:00:00Z");
    await client.setTeamBudget("growth", { monthly: "10" });
    await alerts.check();
    expect(told.slice(3)).toEqual([
      "third 33.333333333333333333%: 4 of 10 monthly",
      "three_dollars 3.00: 4 of 10 monthly",
    ]);
    await spend("3");
    await alerts.check();
    expect(told.slice(5).sort()).toEqual([
      "half 50%: 3 of 6 daily",
      "half 50%: 7 of 10 monthly",
      "third 33.333333333333333333%: 3 of 6 daily",
      "three_dollars 3.00: 3 of 6 daily",
    ]);
  });

  it("have amounts of dollars for budgets of dollars alone", async () => {
    await client.createBudget({ scope: "team:growth", amount: 100, unit: "tokens", period: "daily" });
    const alerts = newAlerts();
    await spend("0.1");
    await alerts.check();
    expect(told).toEqual(["half 50%: 100 of 100 daily", "third 33.333333333333333333%: 100 of 100 daily"]);
  });

  it("are told by themselves at once and from time to time, with nothing asked", async () => {
    await client.setTeamBudget("growth", { daily: "10" });
    await spend("5");
    const events = new EventEmitter();
    const [first, second] = [once(events, "half"), once(events, "full")];
    watched(
      configureAlerts({
        ...{ ...common(), everyMs: 5 },
        thresholds: { half: "50%", full: "100%" },
        callbacks: {
          half: (alert) => events.emit("half", alert),
          full: (alert) => events.emit("full", alert),
        },
      }),
    );
    expect(await first).toMatchObject([{ name: "half" }]);
    await spend("5");
    expect(await second).toMatchObject([{ name: "full", budget: { percentUsed: "100", exceeded: true } }]);
  });

  it("go on when a callback fails, and say that it did", async () => {
    await client.setTeamBudget("growth", { daily: "10" });
    await spend("10");
    const alerts = watched(
      configureAlerts({
        ...common(),
        thresholds: { first: "10%", second: "20%", third: "30%" },
        callbacks: {
          first: () => {
            throw new Error("at once");
          },
          second: async () => {
            throw new Error("later");
          },
          third: tell,
        },
      }),
    );
    expect(await alerts.check()).toHaveLength(3);
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual(["third 30%: 10 of 10 daily"]);
    expect(problems.map(({ kind, error }) => [kind, error.message])).toEqual([
      ["callback", "at once"],
      ["callback", "later"],
    ]);
  });

  it("say once that budgets cannot be asked, until they can again", async () => {
    const away = { status: 403, body: { message: "Forbidden" } };
    api.answerNext(away, away);
    const alerts = newAlerts();
    await alerts.check();
    await alerts.check();
    expect(problems).toMatchObject([{ kind: "budget", error: { name: "ApiError", status: 403 } }]);
    await alerts.check();
    api.answerNext(away);
    await alerts.check();
    expect(problems).toHaveLength(2);
    await client.setTeamBudget("growth", { daily: "1" });
    await spend("1");
    await alerts.check();
    expect(told).not.toEqual([]);
  });

  it("never fail for want of an API", async () => {
    const { onProblem } = common();
    const alerts = watched(
      configureAlerts({
        ...{ team: "growth", env: {}, cwd: "/", everyMs: 3_600_000, onProblem },
        thresholds: { half: "50%" },
        callbacks: { half: tell },
      }),
    );
    expect(await alerts.check()).toEqual([]);
    expect(problems).toMatchObject([{ kind: "budget", error: { name: "NoConnectionError" } }]);
  });

  it("are not told once they are stopped, be it while the API is asked", async () => {
    await client.setTeamBudget("growth", { daily: "1" });
    await spend("1");
    const alerts = newAlerts();
    alerts[Symbol.dispose]();
    expect(await alerts.check()).toEqual([]);
    expect(told).toEqual([]);
  });

  it("have thresholds that can be reached, each with a callback", () => {
    const wrong = () =>
      configureAlerts({
        ...common(),
        // @ts-expect-error no threshold
        thresholds: { none: "half", zero: "0%", fine: "5" },
        // @ts-expect-error fine has none
        callbacks: { none: tell, zero: tell },
      });
    expect(wrong).toThrow(TrackerConfigurationError);
    expect(wrong).toThrow(/none must be.*zero must be/s);
    expect(() => configureAlerts({ ...common(), everyMs: 0, thresholds: {}, callbacks: {} })).toThrow(
      /everyMs/,
    );
    // @ts-expect-error fine has none
    expect(() => configureAlerts({ ...common(), thresholds: { fine: "5" }, callbacks: {} })).toThrow(
      /fine has no callback/,
    );
  });
});
