import {
  type Alert,
  affectedPeriods,
  type Budget,
  coverOf,
  dueAlerts,
  type Instant,
  type Period,
  periodAt,
  type TotalBucket,
} from "@ai-usage/core";
import pMap from "p-map";
import { fromAlertItem, raiseAlert } from "./alerts.ts";
import { activeBudgetsOf, fromBudgetItem } from "./budgets.ts";
import { bucketOfTotal, prefixes, scopeOfTotal } from "./keys.ts";
import { readScopeTotals } from "./read-totals.ts";
import { itemAfter, keyOfRecord, type StreamRecord } from "./stream-record.ts";
import type { Table } from "./table.ts";

const CONCURRENT_CHECKS = 8;

/** What a batch of the table's stream holds for the budgets: totals that changed, budgets that did, alerts that are new. */
export interface BudgetNews {
  readonly totals: readonly { readonly scope: Budget["scope"]; readonly bucket: TotalBucket }[];
  readonly budgets: readonly Budget[];
  readonly alerts: readonly Alert[];
}

export function budgetNewsOf(records: readonly StreamRecord[]): BudgetNews {
  const totals = new Map<string, BudgetNews["totals"][number]>();
  const budgets: Budget[] = [];
  const alerts: Alert[] = [];
  for (const record of records) {
    const key = keyOfRecord(record);
    const item = itemAfter(record);
    if (key.PK.startsWith(prefixes.total)) {
      const bucket = bucketOfTotal(key);
      // Lineages of one bucket are one piece of news.
      totals.set(`${key.PK}#${JSON.stringify(bucket)}`, { scope: scopeOfTotal(key), bucket });
    } else if (key.PK.startsWith(prefixes.alert) && item && record.eventName === "INSERT") {
      alerts.push(fromAlertItem(item).alert);
    } else if (key.PK.startsWith(prefixes.budget) && item) {
      budgets.push(fromBudgetItem(item));
    }
  }
  return { totals: [...totals.values()], budgets, alerts };
}

/**
 * Holds what changed against the active budgets and raises every alert that is due. Each check sums the period anew
 * from the totals, and an alert is put only if absent, so checking too often is harmless.
 */
export async function raiseDueAlerts(table: Table, news: BudgetNews, now: Instant): Promise<Alert[]> {
  const budgets = await activeBudgetsOf(
    table,
    [...news.totals, ...news.budgets].map(({ scope }) => scope),
  );
  const checks = new Map<string, { budget: Budget; period: Period }>();
  const check = (budget: Budget, period: Period) =>
    checks.set(`${budget.budgetId}#${budget.revision}#${period.id}`, { budget, period });
  for (const { scope, bucket } of news.totals) {
    for (const budget of budgets.filter((one) => one.scope === scope)) {
      for (const period of affectedPeriods(budget, bucket)) check(budget, period);
    }
  }
  // A budget that is new may find its period well spent. News may be old: what counts is the budget as it is now.
  const changed = new Set(news.budgets.map(({ budgetId }) => budgetId));
  for (const budget of budgets.filter(({ budgetId }) => changed.has(budgetId))) {
    check(budget, periodAt(budget.period, now, budget.timeZone));
  }
  const raised = await pMap(checks.values(), ({ budget, period }) => raiseDue(table, budget, period, now), {
    concurrency: CONCURRENT_CHECKS,
  });
  return raised.flat();
}

async function raiseDue(table: Table, budget: Budget, period: Period, now: Instant): Promise<Alert[]> {
  const { cost: spent } = await readScopeTotals(table, budget.scope, coverOf(period));
  const raised: Alert[] = [];
  for (const alert of dueAlerts({ budget, period, spent, now })) {
    if (knownAlerts.has(alert.alertId)) continue;
    if (await raiseAlert(table, alert)) raised.push(alert);
    if (knownAlerts.size >= KNOWN_ALERTS_MAX) knownAlerts.clear();
    knownAlerts.add(alert.alertId);
  }
  return raised;
}

// Alerts are never taken back, so one seen once need not be put again with every change of its total.
const KNOWN_ALERTS_MAX = 10_000;
const knownAlerts = new Set<string>();
