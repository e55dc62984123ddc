import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readTrace, trafficOf, type WireMetric } from "@ai-usage/demo";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { costOf, picoOf, scopesOf, sumByCounter } from "../support/independent-sum.ts";
import { StackProcess } from "../support/stack-process.ts";
import { scanTable, storedSums, whoRows } from "../support/stored-sums.ts";

const FAULTS = {
  redeliver: 0.3,
  split: 0.3,
  crashBeforeCommit: 0.1,
  crashAfterCommit: 0.1,
  delayMs: 50,
  shards: 4,
  rollSeconds: 20,
};
const SEED = Number(process.env.AI_USAGE_TEST_SEED ?? Math.floor(Math.random() * 1_000_000));
const SENDERS = 8;
const BATCH = 100;

// Yearly, so that the hour of traffic lies within one period but for one hour of the year.
const budgets = [
  { scope: "global:all", amount: "20", period: "yearly" },
  { scope: "team:review", amount: "6", period: "yearly", time_zone: "Asia/Kathmandu" },
  { scope: "model:gpt-4o", amount: "1000", period: "yearly" },
];

describe(`the trace, twice over, with faults (seed ${SEED}) and a kill in between`, () => {
  const home = mkdtempSync(join(tmpdir(), "ai-usage-trace-"));
  const traffic = trafficOf(readTrace(), Date.now() - 60_000);
  const expected = sumByCounter(traffic);
  let stack: StackProcess;
  let restarting: Promise<void> | undefined;

  const start = async () => {
    stack = await StackProcess.start(home, ["--faults", JSON.stringify(FAULTS), "--seed", String(SEED)]);
  };

  const call = async (method: string, path: string, body?: unknown) => {
    const { api_url, tokens } = stack.addresses;
    const response = await fetch(api_url + path, {
      method,
      headers: { authorization: `Bearer ${tokens.admin}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, never> };
  };

  /** Sends until the batch is answered, as an application that must not lose a metric does. */
  const deliver = async (metrics: readonly WireMetric[]): Promise<void> => {
    for (;;) {
      await restarting;
      const answer = await call("POST", "/ai_usage", { metrics }).catch(() => undefined);
      if (answer?.status === 200) return;
      if (answer && answer.status < 500) throw new Error(JSON.stringify(answer.body).slice(0, 1000));
      await sleep(100);
    }
  };

  /** Waits for the whole in the cheapest way, then for its parts: a scan is dear. */
  const settled = async () => {
    const days = new Set(traffic.map(({ timestamp }) => timestamp.slice(0, 10)));
    const range = `start_date=${[...days][0]}&end_date=${[...days].at(-1)}`;
    await eventually(async () => {
      const { status, body } = await call("GET", `/ai_usage?${range}&aggregation=hour`);
      expect({ status, body }).toMatchObject({ status: 200 });
      const { summary } = body as unknown as { summary: { total_api_calls: number } };
      return summary.total_api_calls === traffic.length || undefined;
    });
    await eventually(async () => {
      const sums = storedSums(await scanTable(stack.addresses));
      return [...expected].every(([key, sum]) => sums.get(key)?.calls === sum.calls) || undefined;
    });
  };

  beforeAll(async () => {
    await start();
    for (const budget of budgets) expect((await call("POST", "/budgets", budget)).status).toBe(201);
    const batches: WireMetric[][] = [];
    for (let first = 0; first < traffic.length; first += BATCH)
      batches.push(traffic.slice(first, first + BATCH));
    const queue = [...batches, ...batches];
    const total = queue.length;
    const senders = Array.from({ length: SENDERS }, async () => {
      for (let batch = queue.shift(); batch; batch = queue.shift()) {
        await deliver(batch);
        if (restarting === undefined && queue.length < total * 0.7) {
          restarting = stack.kill().then(start);
        }
      }
    });
    await Promise.all(senders);
    await settled();
  });

  afterAll(async () => {
    await stack.stop();
    rmSync(home, { recursive: true, force: true });
  });

  it("was killed and restarted", async () => {
    expect(restarting).toBeDefined();
    await restarting;
  });

  it("leaves every scope's hours and days and every cell of the cube equal to an independent sum", async () => {
    const stored = storedSums(await scanTable(stack.addresses));
    expect([...stored.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [key, sum] of expected) expect({ key, ...stored.get(key) }).toEqual({ key, ...sum });
  });

  it("lists everybody who was there on each day, and nobody else", async () => {
    const rows = whoRows(await scanTable(stack.addresses));
    const present = new Set(
      traffic.flatMap((metric) =>
        scopesOf(metric).map((scope) => `${metric.timestamp.slice(0, 10)}#${scope}`),
      ),
    );
    expect([...rows].sort()).toEqual([...present].sort());
  });

  it("stores every request once", async () => {
    const items = await scanTable(stack.addresses);
    const stored = items.filter((item) => item.PK?.S?.startsWith("USAGE#"));
    expect(stored.length).toBe(traffic.length);
    expect(items.filter((item) => item.PK?.S?.startsWith("ASIDE#"))).toEqual([]);
  });

  it("answers the same through the API", async () => {
    const first = traffic[0]?.timestamp.slice(0, 10);
    const last = traffic.at(-1)?.timestamp.slice(0, 10);
    const { body } = await call("GET", `/ai_usage?start_date=${first}&end_date=${last}&aggregation=user`);
    const { summary, aggregations } = body as unknown as {
      summary: { total_cost_usd_exact: string; total_api_calls: number };
      aggregations: { by_user: Record<string, { cost_usd_exact: string }> };
    };
    expect(summary.total_api_calls).toBe(traffic.length);
    expect(picoOf(summary.total_cost_usd_exact)).toBe(
      traffic.reduce((sum, metric) => sum + costOf(metric), 0n),
    );
    for (const user of new Set(traffic.map((metric) => metric.user_id))) {
      const spent = traffic
        .filter((metric) => metric.user_id === user)
        .reduce((sum, one) => sum + costOf(one), 0n);
      expect(picoOf(aggregations.by_user[user]?.cost_usd_exact ?? "")).toBe(spent);
    }
  });

  it("raises one alert for each threshold crossed, and mails each that is to be told once", async () => {
    const reached: string[] = [];
    for (const { scope, amount } of budgets) {
      const spent = traffic
        .filter((metric) => scopesOf(metric).includes(scope))
        .reduce((sum, metric) => sum + costOf(metric), 0n);
      for (const percent of [50n, 80n, 95n, 100n]) {
        if (spent * 100n >= picoOf(amount) * percent) reached.push(`${scope} ${percent}`);
      }
    }
    expect(reached.length).toBeGreaterThan(2);
    const alerts = await eventually(async () => {
      const { body } = await call("GET", "/alerts?limit=100");
      const listed = (body as unknown as { alerts: ListedAlert[] }).alerts;
      const told = listed.filter(({ notify }) => notify);
      return told.every(({ deliveries }) => deliveries.some(({ state }) => state === "sent"))
        ? listed
        : undefined;
    });
    expect(alerts.map(({ scope, threshold_percent }) => `${scope} ${threshold_percent}`).sort()).toEqual(
      reached.sort(),
    );
    const inbox = await fetch(`${stack.addresses.inbox_url}/api/messages`);
    const { messages } = (await inbox.json()) as { messages: { text?: string }[] };
    const told = alerts.filter(({ notify }) => notify).map(({ alert_id }) => alert_id);
    expect(messages.length).toBe(told.length);
    const texts = messages.map((message) => JSON.stringify(message));
    for (const id of told) expect(texts.filter((text) => text.includes(id)).length).toBe(1);
  });

  it("stops cleanly when it is told to", async () => {
    const again = await StackProcess.start(mkdtempSync(join(home, "another-")), []);
    expect(await again.stop()).toBe(0);
  });
});

interface ListedAlert {
  readonly alert_id: string;
  readonly scope: string;
  readonly threshold_percent: string;
  readonly notify: boolean;
  readonly deliveries: readonly { readonly state: string }[];
}

async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let waited = 0; waited < 300; waited++) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(500);
  }
  throw new Error("it did not happen in time");
}
