import { Decimal } from "decimal.js";

// What budgets, leases and alerts must come to, worked out from plain lists the slow and obvious way. It shares no code
// with what it checks: days are told by Intl, amounts are decimals of its own, nothing is ever summed in advance.

const Exact = Decimal.clone({ precision: 60 });

export interface NaiveMetric {
  readonly id: string;
  readonly atMs: number;
  readonly scopes: readonly string[];
  readonly leaseId?: string;
  /** The first cost that it was stored with, and the one that it has. */
  readonly firstCost: string;
  cost: string;
}

export interface NaiveBudget {
  readonly id: string;
  readonly scope: string;
  readonly period: "hourly" | "daily" | "weekly" | "monthly";
  readonly timeZone: string;
  readonly hard: boolean;
  readonly createdMs: number;
  readonly rolloverCap?: string;
  /** Oldest first. */
  readonly amounts: { readonly fromMs: number; readonly amount: string }[];
  readonly increases: { readonly fromMs: number; untilMs: number; readonly amount: string }[];
}

export interface NaiveLease {
  readonly id: string;
  readonly held: readonly {
    readonly budgetId: string;
    readonly periodKey: string;
    readonly amount: string;
  }[];
  expiresMs: number;
  /** What the holder said it came to; nothing while it has not said so. */
  settled?: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const formats = new Map<string, Intl.DateTimeFormat>();
function localParts(atMs: number, timeZone: string): Record<string, string> {
  const known =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat("en-GB", {
      timeZone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      weekday: "short",
      hour: "2-digit",
      hourCycle: "h23",
    });
  formats.set(timeZone, known);
  return Object.fromEntries(known.formatToParts(atMs).map(({ type, value }) => [type, value]));
}

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

const keys = new Map<string, string>();

/** Names the period that a moment is in: moments of one period, and those alone, have the same name. */
export function periodKeyOf(budget: Pick<NaiveBudget, "period" | "timeZone">, atMs: number): string {
  // Zones are off UTC by quarters of an hour, so no period begins within one.
  const quarter = `${budget.period} ${budget.timeZone} ${Math.floor(atMs / (HOUR_MS / 4))}`;
  const key = keys.get(quarter) ?? keyOf(budget, atMs);
  keys.set(quarter, key);
  return key;
}

function keyOf({ period, timeZone }: Pick<NaiveBudget, "period" | "timeZone">, atMs: number): string {
  const { year, month, day, weekday = "" } = localParts(atMs, timeZone);
  switch (period) {
    case "hourly":
      // The hour between two full ones of the clock; no zone of these tests changes it by less than an hour.
      return `h${Math.floor((atMs + offsetMinutes(atMs, timeZone) * MINUTE_MS) / HOUR_MS)}/${offsetMinutes(atMs, timeZone)}`;
    case "daily":
      return `${year}-${month}-${day}`;
    case "weekly": {
      const monday =
        Date.UTC(Number(year), Number(month) - 1, Number(day)) - WEEKDAYS.indexOf(weekday) * 24 * HOUR_MS;
      return `w${new Date(monday).toISOString().slice(0, 10)}`;
    }
    case "monthly":
      return `${year}-${month}`;
    default:
      return period satisfies never;
  }
}

function offsetMinutes(atMs: number, timeZone: string): number {
  const text = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" })
    .formatToParts(atMs)
    .find(({ type }) => type === "timeZoneName")?.value;
  const [, sign = "+", hours = "0", minutes = "0"] = /GMT([+-])?(\d+)?:?(\d+)?/.exec(text ?? "") ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

export class NaiveBudgets {
  readonly metrics: NaiveMetric[] = [];
  readonly budgets: NaiveBudget[] = [];
  readonly leases: NaiveLease[] = [];

  spent(budget: NaiveBudget, key: string): Decimal {
    return sum(this.#metricsOf(budget, key).map(({ cost }) => cost));
  }

  /** Budgeted, rolled over and increased, as they are at a moment of the period, or were at its end. */
  limit(
    budget: NaiveBudget,
    key: string,
    nowMs: number,
  ): Record<"amount" | "rolledOver" | "increased", Decimal> {
    const atMs = periodKeyOf(budget, nowMs) === key ? nowMs : this.#lastMomentOf(budget, key);
    return {
      amount: new Exact(this.#amountAt(budget, atMs)),
      rolledOver: this.#rolledInto(budget, key),
      increased: sum(
        budget.increases.filter((one) => one.fromMs <= atMs && atMs < one.untilMs).map((one) => one.amount),
      ),
    };
  }

  /** What is promised and not spent yet. */
  reserved(budget: NaiveBudget, key: string, nowMs: number): Decimal {
    return this.leases.reduce((reserved, lease) => {
      const part = lease.held.find((held) => held.budgetId === budget.id && held.periodKey === key);
      if (part === undefined) return reserved;
      const seen = sum(
        this.#metricsOf(budget, key)
          .filter(({ leaseId }) => leaseId === lease.id)
          .map(({ firstCost }) => firstCost),
      );
      const isOpen = lease.settled === undefined && nowMs < lease.expiresMs;
      const charge = isOpen ? new Exact(part.amount) : Exact.max(seen, lease.settled ?? 0);
      return reserved.plus(charge.minus(seen));
    }, new Exact(0));
  }

  remaining(budget: NaiveBudget, nowMs: number): Decimal {
    const key = periodKeyOf(budget, nowMs);
    const { amount, rolledOver, increased } = this.limit(budget, key, nowMs);
    return amount
      .plus(rolledOver)
      .plus(increased)
      .minus(this.spent(budget, key))
      .minus(this.reserved(budget, key, nowMs));
  }

  /** Periods from the one that the budget was made in to the one of now, oldest first. */
  periodKeys(budget: NaiveBudget, nowMs: number): string[] {
    const keys: string[] = [];
    for (let atMs = budget.createdMs; atMs < nowMs; atMs += HOUR_MS / 4) {
      const key = periodKeyOf(budget, atMs);
      if (keys.at(-1) !== key) keys.push(key);
    }
    const last = periodKeyOf(budget, nowMs);
    if (keys.at(-1) !== last) keys.push(last);
    return keys;
  }

  #metricsOf(budget: NaiveBudget, key: string): NaiveMetric[] {
    return this.metrics.filter(
      ({ scopes, atMs }) => scopes.includes(budget.scope) && periodKeyOf(budget, atMs) === key,
    );
  }

  #amountAt(budget: NaiveBudget, atMs: number): string {
    const since = budget.amounts.filter(({ fromMs }) => fromMs <= atMs).at(-1) ?? budget.amounts[0];
    if (since === undefined) throw new Error("a budget has an amount");
    return since.amount;
  }

  #rolledInto(budget: NaiveBudget, key: string): Decimal {
    let rolled = new Exact(0);
    const cap = budget.rolloverCap;
    if (cap === undefined) return rolled;
    const lastMs = this.#firstMomentOf(budget, key);
    for (const past of this.periodKeys(budget, lastMs)) {
      if (past === key) break;
      const amount = this.#amountAt(budget, this.#lastMomentOf(budget, past));
      const left = rolled.plus(amount).minus(this.spent(budget, past));
      rolled = Exact.min(Exact.max(left, 0), cap);
    }
    return rolled;
  }

  /** The first quarter of an hour whose start is in the period; zones are off UTC by quarters. */
  #firstMomentOf(budget: NaiveBudget, key: string): number {
    for (let atMs = budget.createdMs - (budget.createdMs % (HOUR_MS / 4)); ; atMs += HOUR_MS / 4) {
      if (periodKeyOf(budget, atMs) === key) return Math.max(atMs, budget.createdMs);
    }
  }

  #lastMomentOf(budget: NaiveBudget, key: string): number {
    let atMs = this.#firstMomentOf(budget, key);
    atMs -= atMs % (HOUR_MS / 4);
    while (periodKeyOf(budget, atMs) === key) atMs += HOUR_MS / 4;
    return atMs - 1;
  }
}

function sum(amounts: readonly (string | Decimal)[]): Decimal {
  return amounts.reduce<Decimal>((total, amount) => total.plus(amount), new Exact(0));
}
