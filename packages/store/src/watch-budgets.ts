import {
  affectedPeriods,
  type Budget,
  coverOf,
  dueAlerts,
  type Instant,
  type Period,
  periodAt,
  type ThresholdAlert,
  type TotalBucket,
} from "@ai-usage/core";
import pMap from "p-map";
import { AlertRaiser } from "./alert-raiser.ts";
import { activeBudgetsOf, fromBudgetItem } from "./budgets.ts";
import { bucketOfTotal, prefixes, scopeOfTotal } from "./keys.ts";
import { readScopeTotals } from "./read-totals.ts";
import { itemAfter, keyOfRecord, type StreamRecord } from "./stream-record.ts";
import type { Table } from "./table.ts";

const CONCURRENT_CHECKS = 8;

/** What a batch of the table's stream holds for the budgets: totals that changed, and budgets that did. */
export interface BudgetNews {
  readonly totals: readonly { readonly scope: Budget["scope"]; readonly bucket: TotalBucket }[];
  readonly budgets: readonly Budget[];
}

export function budgetNewsOf(records: readonly StreamRecord[]): BudgetNews {
  const totals = new Map<string, BudgetNews["totals"][number]>();
  const budgets: Budget[] = [];
  for (const record of records) {
    const key = keyOfRecord(record);
    const item = itemAfter(record);
    if (key.PK.startsWith(prefixes.total)) {
      const bucket = bucketOfTotal(key);
      // Lineages of one bucket are one piece of news.
      totals.set(`${key.PK}#${JSON.stringify(bucket)}`, { scope: scopeOfTotal(key), bucket });
    } else if (key.PK.startsWith(prefixes.budget) && item) {
      budgets.push(fromBudgetItem(item));
    }
  }
  return { totals: [...totals.values()], budgets };
}

/** Holds totals against the active budgets. One for each table and process: it remembers what it has raised. */
export class BudgetWatch {
  readonly #table: Table;
  readonly #alerts: AlertRaiser;

  constructor(table: Table) {
    this.#table = table;
    this.#alerts = new AlertRaiser(table);
  }

  /**
   * Raises every alert that is due after `news`. Each check sums the period anew from the totals, and an alert is put
   * only if absent, so checking too often is harmless.
   */
  async raiseDueAlerts(news: BudgetNews, now: Instant): Promise<ThresholdAlert[]> {
    const checks = await this.#checksFor(news, now);
    const raised = await pMap(checks, ({ budget, period }) => this.#raiseDue(budget, period, now), {
      concurrency: CONCURRENT_CHECKS,
    });
    return raised.flat();
  }

  async #checksFor(news: BudgetNews, now: Instant): Promise<Iterable<Check>> {
    const scopes = [...news.totals, ...news.budgets].map(({ scope }) => scope);
    const budgets = await activeBudgetsOf(this.#table, scopes);
    const checks = new Map<string, Check>();
    const add = (budget: Budget, period: Period) => {
      // What was spent in periods before there was a budget is nobody's overspending.
      if (period.end <= budget.createdAt) return;
      checks.set(`${budget.budgetId}#${budget.revision}#${period.id}`, { budget, period });
    };
    for (const { scope, bucket } of news.totals) {
      for (const budget of budgets.filter((one) => one.scope === scope)) {
        for (const period of affectedPeriods(budget, bucket)) add(budget, period);
      }
    }
    // A budget that is new may find its period well spent. News may be old: what counts is the budget as it is now.
    const changed = new Set(news.budgets.map(({ budgetId }) => budgetId));
    for (const budget of budgets.filter(({ budgetId }) => changed.has(budgetId))) {
      add(budget, periodAt(budget.period, now, budget.timeZone));
    }
    return checks.values();
  }

  async #raiseDue(budget: Budget, period: Period, now: Instant): Promise<ThresholdAlert[]> {
    const { cost: spent } = await readScopeTotals(this.#table, budget.scope, coverOf(period));
    const raised: ThresholdAlert[] = [];
    for (const alert of dueAlerts({ budget, period, spent, now })) {
      if (await this.#alerts.raise(alert)) raised.push(alert);
    }
    return raised;
  }
}

interface Check {
  readonly budget: Budget;
  readonly period: Period;
}
