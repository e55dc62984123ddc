import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { picoOf } from "../support/independent-sum.ts";
import { StackProcess } from "../support/stack-process.ts";
import { scanTable, storedSums } from "../support/stored-sums.ts";

const MODEL = "nova-9-ultra";
const SENDERS = 4;
const BATCH = 50;
/** Sent before there is a price: enough to be killed amidst. */
const WITHOUT_PRICE = 3_000;
const dayAfter = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
/** A run may go over midnight. */
const RANGE = { from: dayAfter(0), to: dayAfter(1) };

// $3 and $7 a million, in 10⁻¹² dollars a token.
const picoCost = (sequence: number) =>
  BigInt(inputOf(sequence)) * 3_000_000n + BigInt(outputOf(sequence)) * 7_000_000n;
const inputOf = (sequence: number) => 100 + (sequence % 900);
const outputOf = (sequence: number) => 10 + (sequence % 90);

describe("a model without a price, under load", () => {
  const home = mkdtempSync(join(tmpdir(), "ai-usage-fill-in-"));
  let stack: StackProcess;
  let restarting: Promise<void> | undefined;
  let restatementId = "";
  let sent = 0;
  let sending = true;

  const start = async () => {
    stack = await StackProcess.start(home);
  };

  const call = async (method: string, path: string, body?: unknown) => {
    const { api_url, tokens } = stack.addresses;
    const response = await fetch(api_url + path, {
      method,
      headers: { authorization: `Bearer ${tokens.admin}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  const insist = async (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
    for (;;) {
      await restarting;
      const answer = await call(method, path, body).catch(() => undefined);
      if (answer && answer.status < 300) return answer.body;
      if (answer && answer.status < 500) throw new Error(JSON.stringify(answer.body).slice(0, 1000));
      await sleep(200);
    }
  };

  const metricOf = (sequence: number) => ({
    request_id: `nova-${sequence}`,
    service: "openai",
    model: MODEL,
    operation: "chat",
    timestamp: new Date().toISOString(),
    usage: { input: inputOf(sequence), output: outputOf(sequence) },
    team: `team-${sequence % 3}`,
  });

  const send = async (pauseMs: number, goesOn: () => boolean) => {
    while (goesOn()) {
      const first = sent;
      sent += BATCH;
      const metrics = Array.from({ length: BATCH }, (_, index) => metricOf(first + index));
      await insist("POST", "/ai_usage", { metrics });
      await sleep(pauseMs);
    }
  };

  const statusOf = async () =>
    (await insist("GET", `/prices/restatements/${restatementId}`)) as never as Progress;

  beforeAll(async () => {
    await start();
    await Promise.all(Array.from({ length: SENDERS }, () => send(0, () => sent < WITHOUT_PRICE)));
    const load = send(250, () => sending);
    await insist("PUT", "/prices", {
      provider: "openai",
      model_name: MODEL,
      input_cost_per_million: "3.00",
      output_cost_per_million: "7.00",
      source: "price list of the launch",
    });
    const order = { ...RANGE, only_unpriced: true, dry_run: false };
    restatementId = String((await insist("POST", "/prices/restatements", order)).restatement_id);
    await eventually(async () => (await statusOf()).progress.metrics_seen > 0 || undefined);
    restarting = stack.kill().then(start);
    await restarting;
    await eventually(async () => {
      // Nobody is at it after the kill; the dead worker's claim lapses by itself.
      const { state } = await statusOf();
      if (state === "done") return true;
      await insist("POST", `/prices/restatements/${restatementId}/resume`);
      await sleep(3_000);
      return undefined;
    });
    sending = false;
    await load;
    await eventually(async () => {
      const { summary } = (await insist(
        "GET",
        `/ai_usage?start_date=${RANGE.from}&end_date=${RANGE.to}&aggregation=model`,
      )) as never as Usage;
      return (summary.total_api_calls === sent && summary.unpriced_calls === 0) || undefined;
    });
  });

  afterAll(async () => {
    await stack.stop();
    rmSync(home, { recursive: true, force: true });
  });

  it("has every call filled in once, none of them twice, none forgotten", async () => {
    const metrics = (await scanTable(stack.addresses)).filter((item) => item.PK?.S?.startsWith("USAGE#"));
    expect(metrics).toHaveLength(sent);
    for (const item of metrics) {
      const sequence = Number(item.PK?.S?.split("-").at(-1));
      expect({ sequence, cost: picoOf(item.cost_usd?.N ?? "0") }).toEqual({
        sequence,
        cost: picoCost(sequence),
      });
      expect(item.former_pricings?.L?.length ?? 0).toBeLessThanOrEqual(1);
      expect(item.GSI2PK).toBeUndefined();
    }
    const filledIn = metrics.filter((item) => item.former_pricings !== undefined).length;
    expect(filledIn).toBeGreaterThanOrEqual(WITHOUT_PRICE);
    const report = await statusOf();
    expect(report).toMatchObject({ state: "done", changed_metrics: filledIn, cost_before_usd: "0" });
  });

  it("has totals that equal an independent sum, in every scope", async () => {
    const sequences = Array.from({ length: sent }, (_, sequence) => sequence);
    const costOf = (of: readonly number[]) => of.reduce((sum, sequence) => sum + picoCost(sequence), 0n);
    const stored = storedSums(await scanTable(stack.addresses));
    const costIn = (scope: string) =>
      [...stored].reduce(
        (sum, [key, one]) => (key.startsWith(`TOTAL#${scope}|DAY#`) ? sum + one.cost : sum),
        0n,
      );
    expect(costIn("global:all")).toBe(costOf(sequences));
    expect(costIn(`model:${MODEL}`)).toBe(costOf(sequences));
    for (const team of [0, 1, 2]) {
      expect(costIn(`team:team-${team}`)).toBe(costOf(sequences.filter((sequence) => sequence % 3 === team)));
    }
  });

  it("has raised one alert", async () => {
    const { alerts } = (await insist("GET", "/alerts")) as never as {
      alerts: { kind: string; model?: string }[];
    };
    expect(alerts.filter(({ kind, model }) => kind === "unpriced_model" && model === MODEL)).toHaveLength(1);
  });

  it("is listed as unpriced no more", async () => {
    const { models } = (await insist("GET", "/prices/unpriced")) as never as { models: { model: string }[] };
    expect(models).toEqual([]);
  });
});

interface Progress {
  readonly state: string;
  readonly progress: { readonly metrics_seen: number };
}

interface Usage {
  readonly summary: { readonly total_api_calls: number; readonly unpriced_calls: number };
}

async function eventually<T>(found: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const value = await found();
    if (value !== undefined) return value;
    await sleep(100);
  }
}
