import { AIUsageClient, LeaseHolder } from "@ai-usage/client";
import {
  Amount,
  type Budget,
  hashSecret,
  instantFromEpochMs,
  parseInstant,
  parseScope,
} from "@ai-usage/core";
import { createBudget, ledgerStatus, putToken, recordMetrics } from "@ai-usage/store";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aNewBudget, aNote } from "../support/budgets.ts";
import { newTable, type TestTable } from "../support/engine.ts";
import { fetchThrough, openGateway } from "../support/gateway.ts";
import { itemsOf } from "../support/items.ts";
import { keepAll, rollAll } from "../support/leases.ts";
import { aPricedMetric, metricOptions } from "../support/metrics.ts";

const HOLDERS = 20;
const ROOM = 9_000;
const PRICE = "0.01";

let table: TestTable;
let client: AIUsageClient;
beforeAll(async () => {
  table = await newTable();
  const secret = Buffer.alloc(32, 7);
  await putToken(table, {
    tokenId: "app",
    name: "app",
    roles: ["ingest"],
    secretHash: hashSecret(secret),
    createdAt: parseInstant("2026-11-01T00:00:00Z"),
  });
  client = new AIUsageClient({
    apiUrl: "https://api.example.com",
    token: `aiu_app_${secret.toString("base64url")}`,
    fetch: fetchThrough(await openGateway(table)),
  });
});
afterAll(() => table.drop());

const now = () => instantFromEpochMs(Date.now());

async function globalBudgets(amounts: readonly string[]): Promise<Budget[]> {
  const budgets = amounts.map((amount, index) =>
    aNewBudget({
      budgetId: `bud_hot_${index}`,
      scope: parseScope("global:all"),
      amount: Amount.parse(amount),
      enforcement: "hard",
      period: "yearly",
      createdAt: now(),
    }),
  );
  for (const budget of budgets)
    await createBudget(table, budget, aNote(`chg_${budget.budgetId}`, { at: budget.createdAt }));
  return budgets;
}

/** Makes calls until it is refused one. @returns how many it made of each lease */
async function useUp(holder: LeaseHolder): Promise<Map<string, number>> {
  const made = new Map<string, number>();
  for (;;) {
    const admission = await holder.admit();
    if (admission.outcome === "unasked") throw admission.error;
    if (admission.outcome === "refused") break;
    const { leaseId } = admission;
    made.set(leaseId, (made.get(leaseId) ?? 0) + 1);
    admission.done({ costUsd: PRICE, tokens: 0, requests: 1 });
    // Other holders of this process have their turn.
    if ((made.get(leaseId) ?? 0) % 16 === 0) await new Promise((next) => setImmediate(next));
  }
  await holder.close();
  return made;
}

describe("two global budgets that all calls of twenty holders fall under", () => {
  it("let in as many calls as the narrower has room for, to the last one, without an error", async () => {
    const [narrow, wide] = await globalBudgets(["90", "1000"]);
    if (!narrow || !wide) throw new Error("two budgets");
    const problems: Error[] = [];
    const holders = Array.from(
      { length: HOLDERS },
      () =>
        new LeaseHolder({
          client,
          call: { service: "openai", model: "gpt-4o", team: "growth" },
          max: { cost_usd: PRICE },
          onProblem: (error) => problems.push(error),
        }),
    );
    const made = new Map((await Promise.all(holders.map(useUp))).flatMap((leases) => [...leases]));
    expect(problems).toEqual([]);
    const calls = [...made.values()].reduce((sum, count) => sum + count, 0);
    expect(calls).toBe(ROOM);
    // A hundred decisions for each time that anybody was asked.
    expect((await itemsOf(table, "LEASE#")).length).toBeLessThan(ROOM / 20);
    const standing = async (budget: Budget) => {
      const { spent, reserved, remaining } = await ledgerStatus(table, budget, now());
      return [spent, reserved, remaining].map(String);
    };
    expect(await standing(narrow)).toEqual(["0", "90", "0"]);
    expect(await standing(wide)).toEqual(["0", "90", "910"]);
    const metrics = [...made].map(([leaseId, count]) =>
      aPricedMetric(
        { requestId: `calls-${leaseId}`, timestamp: now(), leaseId, callCount: count },
        Amount.parse(PRICE).times(String(count)).toString(),
      ),
    );
    await recordMetrics(table, metrics, metricOptions);
    await rollAll(table);
    await keepAll(table, now());
    expect(await standing(narrow)).toEqual(["90", "0", "0"]);
    expect(await standing(wide)).toEqual(["90", "0", "910"]);
  });
});
