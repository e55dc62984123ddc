import {
  type Budget,
  dueAlerts,
  type Instant,
  instantFromEpochMs,
  Money,
  parseInstant,
  parseScope,
  periodAt,
  plusMs,
} from "@ai-usage/core";
import {
  activeBudgetsOf,
  BudgetWatch,
  budgetNewsOf,
  claimDelivery,
  createBudget,
  deactivateBudget,
  findBudget,
  listAlerts,
  listBudgets,
  newAlertsOf,
  openTable,
  raiseAlert,
  recordMetrics,
  rollUp,
  settleDelivery,
  type Table,
} from "@ai-usage/store";
import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { engineConfig, type TestTable, withTable } from "../support/engine.ts";
import { itemsOf } from "../support/items.ts";
import { aPricedMetric, metricOptions } from "../support/metrics.ts";
import { readStream, recordsOf } from "../support/stream.ts";

const now = parseInstant("2026-11-21T12:00:00Z");
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

let budgets = 0;
function aBudget(given: Partial<Budget> = {}): Budget {
  budgets += 1;
  return {
    budgetId: `bud_${budgets}`,
    name: "growth",
    scope: parseScope("team:growth"),
    amount: Money.parse("100.000000000000000001"),
    period: "daily",
    timeZone: "UTC",
    thresholds: [
      { percent: "50", level: "INFO" },
      { percent: "99.5", level: "CRITICAL" },
      { percent: "100", level: "EXCEEDED" },
    ],
    active: true,
    revision: 1,
    createdAt: plusMs(now, budgets),
    ...given,
  };
}

describe("budget", () => {
  it("is found as it was made, alone, in the list and among the active ones of its scope", async () => {
    await withTable(async (table) => {
      const budget = aBudget();
      await createBudget(table, budget);
      expect(plain(await findBudget(table, budget.budgetId))).toEqual(plain(budget));
      expect(plain((await listBudgets(table, { limit: 10 })).items)).toEqual([plain(budget)]);
      expect(plain(await activeBudgetsOf(table, [budget.scope]))).toEqual([plain(budget)]);
      expect(await findBudget(table, "bud_none")).toBeUndefined();
      await expect(createBudget(table, budget)).rejects.toThrow(TransactionCanceledException);
    });
  });

  it("is active for its own scope only, asked for one or for many", async () => {
    await withTable(async (table) => {
      const scopes = Array.from({ length: 150 }, (_, index) => parseScope(`team:t${index}`));
      const mine = [
        aBudget({ scope: parseScope("team:t3") }),
        aBudget({ scope: parseScope("team:t3") }),
        aBudget({ scope: parseScope("team:t149") }),
      ];
      for (const budget of mine) await createBudget(table, budget);
      const found = await activeBudgetsOf(table, [...scopes, ...scopes]);
      expect(found.map(({ budgetId }) => budgetId).sort()).toEqual(
        mine.map(({ budgetId }) => budgetId).sort(),
      );
      expect(await activeBudgetsOf(table, [parseScope("team:t4")])).toEqual([]);
      expect(await activeBudgetsOf(table, [])).toEqual([]);
    });
  });

  it("is deactivated once and for all, whoever asks first", async () => {
    await withTable(async (table) => {
      const [budget, other] = [aBudget(), aBudget()];
      await createBudget(table, budget);
      await createBudget(table, other);
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => deactivateBudget(table, budget.budgetId)),
      );
      expect(answers.map((answer) => answer?.active)).toEqual([false, false, false, false, false]);
      expect((await findBudget(table, budget.budgetId))?.active).toBe(false);
      expect((await activeBudgetsOf(table, [budget.scope])).map(({ budgetId }) => budgetId)).toEqual([
        other.budgetId,
      ]);
      expect(await deactivateBudget(table, "bud_none")).toBeUndefined();
    });
  });

  it("is not called inactive when writers met and nothing was changed", async () => {
    await withTable(async (table) => {
      const budget = aBudget();
      await createBudget(table, budget);
      await expect(deactivateBudget(contendedTable(table), budget.budgetId)).rejects.toThrow(
        TransactionCanceledException,
      );
      expect((await findBudget(table, budget.budgetId))?.active).toBe(true);
    });
  });
});

/** A table in which every transaction meets another: no engine here has that happen. */
function contendedTable(table: Table): Table {
  const contended = openTable(table.name, engineConfig());
  contended.client.middlewareStack.add(
    (next, context) => (args) => {
      if (!context.commandName?.startsWith("TransactWrite")) return next(args);
      const reasons = [{ Code: "TransactionConflict" }, { Code: "None" }];
      throw new TransactionCanceledException({
        message: "conflict",
        $metadata: {},
        CancellationReasons: reasons,
      });
    },
    { step: "initialize", name: "contention" },
  );
  return contended;
}

function anAlert(budget = aBudget()) {
  const period = periodAt(budget.period, now, budget.timeZone);
  const [alert] = dueAlerts({ budget, period, spent: budget.amount, now });
  if (!alert) throw new Error("all of the budget is spent");
  return alert;
}

describe("alert", () => {
  it("is raised once, by however many at once", async () => {
    await withTable(async (table) => {
      const alert = anAlert();
      const raised = await Promise.all(Array.from({ length: 100 }, () => raiseAlert(table, alert)));
      expect(raised.filter(Boolean)).toHaveLength(1);
      expect(recordsOf(await readStream(table), "ALERT#").map(({ eventName }) => eventName)).toEqual([
        "INSERT",
      ]);
      const { items } = await listAlerts(table, { limit: 10 });
      expect(plain(items)).toEqual([{ alert: plain(alert), deliveries: [] }]);
    });
  });

  it("is delivered by one of many, and not again once it is sent", async () => {
    await withTable(async (table) => {
      const delivery = { alertId: anAlert().alertId, channel: "email" as const };
      await raiseAlert(table, { ...anAlert(), alertId: delivery.alertId });
      const claims = await Promise.all(
        Array.from({ length: 20 }, () => claimDelivery(table, { ...delivery, now })),
      );
      expect(claims.filter((claim) => claim === "claimed")).toHaveLength(1);
      expect(claims.filter((claim) => claim === "busy")).toHaveLength(19);
      await settleDelivery(table, { ...delivery, state: "sent", now });
      expect(await claimDelivery(table, { ...delivery, now: plusMs(now, 3_600_000) })).toBe("done");
      const [record] = (await listAlerts(table, { limit: 1 })).items;
      expect(record?.deliveries).toEqual([{ channel: "email", state: "sent", attempts: 1, at: now }]);
    });
  });

  it("may be delivered by another when a sender failed, or has not been heard of for 45 seconds", async () => {
    await withTable(async (table) => {
      const alert = anAlert();
      await raiseAlert(table, alert);
      const claimAt = (ms: number) =>
        claimDelivery(table, { alertId: alert.alertId, channel: "email", now: plusMs(now, ms) });
      expect(await claimAt(0)).toBe("claimed");
      expect(await claimAt(45_000)).toBe("busy");
      expect(await claimAt(45_001)).toBe("claimed");
      await settleDelivery(table, { alertId: alert.alertId, channel: "email", state: "failed", now });
      expect(await claimAt(45_002)).toBe("claimed");
      const [record] = (await listAlerts(table, { limit: 1 })).items;
      expect(record?.deliveries).toMatchObject([{ state: "sending", attempts: 3 }]);
    });
  });

  it("that does not exist is not delivered", async () => {
    await withTable(async (table) => {
      await expect(claimDelivery(table, { alertId: "none", channel: "email", now })).rejects.toThrow();
      expect(await itemsOf(table, "ALERT#")).toEqual([]);
    });
  });
});

/** Spends, and lets budget-watch see all that the stream holds by then. */
async function spend(
  table: TestTable,
  costs: readonly (readonly [at: string, cost: string])[],
  id: string,
): Promise<void> {
  const metrics = costs.map(([at, cost], index) =>
    aPricedMetric({ requestId: `${id}-${index}`, team: "growth", timestamp: parseInstant(at) }, cost),
  );
  await recordMetrics(table, metrics, metricOptions);
  await rollUp(table, recordsOf(await readStream(table), "USAGE#"), "shard");
}

const watch = async (table: TestTable, at: Instant = now) =>
  (await new BudgetWatch(table).raiseDueAlerts(budgetNewsOf(await readStream(table)), at)).map(
    ({ alertId, notify }) => [alertId, notify],
  );

describe("budget watch", () => {
  it("raises an alert exactly when spending reaches a threshold, each once", async () => {
    await withTable(async (table) => {
      const budget = aBudget({ amount: Money.parse("10") });
      const id = (percent: string) => `${budget.budgetId}.2026-11-21.${percent}.r1`;
      await createBudget(table, budget);
      await spend(table, [["2026-11-21T10:00:00Z", "4.999999999999999999"]], "a");
      expect(await watch(table)).toEqual([]);
      await spend(table, [["2026-11-21T10:00:00Z", "0.000000000000000001"]], "b");
      expect(await watch(table)).toEqual([[id("50"), true]]);
      expect(await watch(table)).toEqual([]);
      // A jump over two raises both, and one is told.
      await spend(table, [["2026-11-21T23:59:59.999Z", "5"]], "c");
      expect(await watch(table)).toEqual([
        [id("100"), true],
        [id("99.5"), false],
      ]);
      await spend(table, [["2026-11-21T12:00:00Z", "500"]], "d");
      expect(await watch(table)).toEqual([]);
      expect(await itemsOf(table, "ALERT#")).toHaveLength(3);
    });
  });

  it("counts exactly the quarters of its period, by the clock of its zone", async () => {
    await withTable(async (table) => {
      const budget = aBudget({
        period: "monthly",
        timeZone: "Asia/Kathmandu",
        amount: Money.parse("10"),
        createdAt: parseInstant("2026-10-10T00:00:00Z"),
      });
      await createBudget(table, budget);
      await spend(
        table,
        [
          ["2026-10-31T18:14:59.999Z", "100"],
          ["2026-11-30T18:15:00Z", "100"],
        ],
        "outside",
      );
      const at = parseInstant("2026-11-30T18:20:00Z");
      // Which of two periods is looked at first is the order of the stream, and that of two counters is nobody's.
      const periods = (await watch(table, at)).map(([id]) => String(id).split(".")[1]);
      expect(periods.sort()).toEqual([...Array(3).fill("2026-10"), ...Array(3).fill("2026-12")]);
      await spend(
        table,
        [
          ["2026-10-31T18:15:00Z", "5"],
          ["2026-11-30T18:14:59.999Z", "4.95"],
        ],
        "inside",
      );
      expect(await watch(table, at)).toEqual([
        [`${budget.budgetId}.2026-11.99.5.r1`, true],
        [`${budget.budgetId}.2026-11.50.r1`, false],
      ]);
    });
  });

  it("looks at a new budget at once: its period may be well spent already", async () => {
    await withTable(async (table) => {
      await spend(table, [["2026-11-21T10:00:00Z", "60"]], "before");
      await watch(table);
      const budget = aBudget({ amount: Money.parse("100") });
      await createBudget(table, budget);
      const news = budgetNewsOf(recordsOf(await readStream(table), "BUDGET#"));
      expect(
        (await new BudgetWatch(table).raiseDueAlerts(news, now)).map(
          ({ thresholdPercent }) => thresholdPercent,
        ),
      ).toEqual(["50"]);
    });
  });

  it("leaves periods alone that ended before there was a budget", async () => {
    await withTable(async (table) => {
      const createdAt = parseInstant("2026-11-20T12:00:00Z");
      const budget = aBudget({ amount: Money.parse("1"), createdAt });
      await createBudget(table, budget);
      await spend(table, [["2026-11-19T10:00:00Z", "60"]], "before");
      expect(await watch(table)).toEqual([]);
      await spend(table, [["2026-11-20T10:00:00Z", "60"]], "its-first-day");
      expect((await watch(table)).length).toBe(budget.thresholds.length);
    });
  });

  it("goes by what a budget is now, however old the news of it", async () => {
    await withTable(async (table) => {
      await spend(table, [["2026-11-21T10:00:00Z", "60"]], "before");
      const budget = aBudget({ amount: Money.parse("1") });
      await createBudget(table, budget);
      const news = budgetNewsOf(recordsOf(await readStream(table), "BUDGET#"));
      await deactivateBudget(table, budget.budgetId);
      expect(await new BudgetWatch(table).raiseDueAlerts(news, now)).toEqual([]);
    });
  });

  it("leaves budgets of other scopes and inactive ones alone", async () => {
    await withTable(async (table) => {
      const inactive = aBudget({ amount: Money.parse("1") });
      await createBudget(table, inactive);
      await createBudget(table, aBudget({ amount: Money.parse("1"), scope: parseScope("team:other") }));
      await deactivateBudget(table, inactive.budgetId);
      await spend(table, [["2026-11-21T10:00:00Z", "60"]], "a");
      const news = budgetNewsOf(recordsOf(await readStream(table), "TOTAL#"));
      expect(await new BudgetWatch(table).raiseDueAlerts(news, now)).toEqual([]);
    });
  });

  it("hands on an alert that is new, and not one whose delivery changed", async () => {
    await withTable(async (table) => {
      const alert = anAlert();
      await raiseAlert(table, alert);
      await claimDelivery(table, { alertId: alert.alertId, channel: "email", now: instantFromEpochMs(0) });
      const records = await readStream(table);
      expect(records.map(({ eventName }) => eventName)).toEqual(["INSERT", "MODIFY"]);
      expect(plain(newAlertsOf(records))).toEqual([plain(alert)]);
    });
  });
});
