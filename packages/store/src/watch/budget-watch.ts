import {
  type Alert,
  type Budget,
  type BudgetReading,
  type CrossingAlert,
  dueAlerts,
  type Instant,
  isOfPresentRevision,
  isSpike,
  type Period,
  periodAt,
  type SpikeAlert,
  spikeAlert,
  startOfUtcHour,
} from "@ai-usage/core";
import pMap from "p-map";
import { ensureTemplateBudgets, TemplateSource } from "../budget-templates.ts";
import { activeBudgetsOf } from "../budgets.ts";
import { readBudget } from "../read-budget.ts";
import type { Table } from "../table.ts";
import { AlertRaiser } from "./alert-raiser.ts";
import {
  type BudgetCheck,
  checksAfter,
  crossingsOf,
  type HourCheck,
  hourChecksAfter,
} from "./budget-checks.ts";
import type { BudgetNews } from "./budget-news.ts";
import { recoverAlerts, standingAlerts, succeedAlerts } from "./recoveries.ts";
import { UsualHours } from "./usual-hours.ts";

const CONCURRENT_CHECKS = 8;

/** Holds totals against the active budgets. One for each table and process: it remembers what it has raised. */
export class BudgetWatch {
  readonly #table: Table;
  readonly #alerts: AlertRaiser;
  readonly #templates: TemplateSource;
  readonly #hours: UsualHours;

  constructor(table: Table) {
    this.#table = table;
    this.#alerts = new AlertRaiser(table);
    // Read with each batch: a template that is new must not miss a scope's only call.
    this.#templates = new TemplateSource(table, { refreshSeconds: 0 });
    this.#hours = new UsualHours(table);
  }

  /**
   * Raises every alert that is due after `news`, and those that say that one is no longer so. Each check sums the period
   * anew from the totals, an alert is put only if absent and ended once, so checking too often is harmless.
   *
   * It is also enough: who changes what an alert depends on and who writes the alert down each look, after their own
   * writing, at what the other has written. Whoever comes second sees both.
   */
  async raiseDueAlerts(news: BudgetNews, now: Instant): Promise<Alert[]> {
    const budgets = await this.#budgetsFor(news, now);
    const raised = await pMap(checksAfter(news, budgets, now), (check) => this.#check(check, now), {
      concurrency: CONCURRENT_CHECKS,
    });
    const spikes = await pMap(hourChecksAfter(news, budgets, now), (check) => this.#checkHour(check, now), {
      concurrency: CONCURRENT_CHECKS,
    });
    return [...raised, ...spikes].flat();
  }

  /** Active budgets of the scopes that the news is about, those made of templates that a scope had none of yet. */
  async #budgetsFor(news: BudgetNews, now: Instant): Promise<Budget[]> {
    const spending = news.totals.map(({ scope }) => scope);
    const changed = [...news.budgets.map(({ after }) => after), ...news.alerts].map(({ scope }) => scope);
    const known = await activeBudgetsOf(this.#table, [...spending, ...changed]);
    if (spending.length === 0) return known;
    const templates = await this.#templates.current(now);
    const made = await ensureTemplateBudgets(this.#table, { scopes: spending, known, templates, now });
    return [...known, ...made];
  }

  async #check(check: BudgetCheck, now: Instant): Promise<Alert[]> {
    const { budget, period, recoverable } = check;
    if (recoverable !== "nothing") this.#alerts.forget();
    const reading = await this.#read(budget, period, now);
    const isOver = period.end <= now;
    const raised = await this.#raiseDue(check, reading, isOver);
    if (recoverable === "nothing") return raised;
    const mayRecover = (alert: CrossingAlert) =>
      recoverable === "everything" || alert.kind !== "budget_forecast" || !isOfPresentRevision(alert, budget);
    const recovered = await recoverAlerts(this.#table, crossingsOf(check), { reading, mayRecover });
    // What was told of a period that is over stays told, by whichever limit it had.
    if (!isOver) await succeedAlerts(this.#table, crossingsOf(check), reading);
    this.#alerts.forget();
    return [...raised, ...recovered];
  }

  async #raiseDue(check: BudgetCheck, reading: BudgetReading, isOver: boolean): Promise<Alert[]> {
    const due = dueAlerts(reading);
    if (due.length === 0) return [];
    // Revisions count from when they are made: what an earlier one told of a period that is over is not told again.
    const told =
      isOver && check.budget.revision > 1 ? await standingAlerts(this.#table, crossingsOf(check)) : [];
    const raised: Alert[] = [];
    for (const alert of due) {
      if (told.some(({ thresholdId }) => thresholdId === alert.thresholdId)) continue;
      const one = await this.#alerts.raise(alert, reading.now);
      if (one) raised.push(one);
    }
    return raised;
  }

  async #checkHour({ budget, hour }: HourCheck, now: Instant): Promise<SpikeAlert[]> {
    const usual = await this.#hours.usualOf(budget.scope, hour);
    if (usual === undefined || budget.spike === undefined) return [];
    const compared = { hour, actual: await this.#hours.actualOf(budget.scope, hour), ...usual };
    if (!isSpike(budget.spike, compared)) return [];
    const period = periodAt(budget.period, startOfUtcHour(hour), budget.calendar);
    const alert = spikeAlert(await this.#read(budget, period, now), compared);
    const raised = alert && (await this.#alerts.raise(alert, now));
    return raised ? [raised] : [];
  }

  async #read(budget: Budget, period: Period, now: Instant): Promise<BudgetReading> {
    // A budget that was changed while this was on its way has its new limit from then on: by the old one its new revision
    // would tell what is not so.
    const at = budget.updatedAt > now ? budget.updatedAt : now;
    const { limitTotal, spent, projection } = await readBudget(this.#table, budget, at, period);
    return { budget, period, limit: limitTotal, spent, ...(projection && { projection }), now: at };
  }
}
