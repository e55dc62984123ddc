import { Amount, type BudgetUnit, type Enforcement, type FailMode } from "./budget.ts";
import type { Period, PeriodKind } from "./period.ts";
import { mapQuantities, type Quantities } from "./quantities.ts";
import type { Scope } from "./scope.ts";
import { type Instant, plusMs } from "./time.ts";

/**
 * `open`: calls may be made from it until it expires · `settled`: what they came to is known · `released`: none was made ·
 * `expired`: its holder has not been heard of. Of an expired one a settlement is still taken, once.
 */
export const leaseStates = ["open", "settled", "released", "expired"] as const;
export type LeaseState = (typeof leaseStates)[number];

/** The part that a lease takes of one hard budget. */
export interface LeasedBudget {
  readonly budgetId: string;
  readonly scope: Scope;
  readonly unit: BudgetUnit;
  /** The period that it was taken from: calls of another period count there, as what came without a lease does. */
  readonly period: Period;
  /** Held while it is open. */
  readonly held: Amount;
  /** What it counts with once it is closed: what was settled, until its metrics say better. */
  readonly charged?: Amount;
}

/** A part of the remainder of every hard budget that a call falls under, reserved for one holder for a short time. */
export interface Lease {
  readonly leaseId: string;
  /** What made the holder known: the token. */
  readonly holder: string;
  readonly scopes: readonly Scope[];
  /** What one call may take at most. */
  readonly perCall: Quantities;
  /** For how many such calls it is, besides what has been spent of it. */
  readonly calls: number;
  /** All that may be spent from it, and what the holder has said to have spent by its last renewal. */
  readonly granted: Quantities;
  readonly budgets: readonly LeasedBudget[];
  readonly state: LeaseState;
  readonly acquiredAt: Instant;
  readonly expiresAt: Instant;
  readonly closedAt?: Instant;
  readonly settled?: Quantities;
}

/** A lease ends with the first of its periods, if not before: what is left of one says nothing about the next. */
export function leaseExpiry(now: Instant, ttlMs: number, periods: readonly Period[]): Instant {
  const [first = now] = [plusMs(now, ttlMs), ...periods.map(({ end }) => end)].sort();
  return first;
}

/**
 * What a lease is to count with, by what its holder says: in a unit of its budgets that nothing is said about, with all
 * that it was granted.
 */
export function spentOf(lease: Pick<Lease, "granted" | "budgets">, said: Partial<Quantities>): Quantities {
  const isLimited = (unit: BudgetUnit) => lease.budgets.some((one) => one.unit === unit);
  return mapQuantities(
    lease.granted,
    (granted, unit) => said[unit] ?? (isLimited(unit) ? granted : Amount.zero),
  );
}

/** A budget that has not enough left for a call. */
export interface Shortage {
  readonly budgetId: string;
  readonly name: string;
  readonly scope: Scope;
  readonly unit: BudgetUnit;
  readonly enforcement: Enforcement;
  readonly periodKind: PeriodKind;
  readonly periodId: string;
  readonly limit: Amount;
  readonly spent: Amount;
  readonly reserved: Amount;
  readonly remaining: Amount;
  /** What one call would have taken. */
  readonly needed: Amount;
  /** When the period ends. */
  readonly resetsAt: Instant;
  /** When asking again may have another answer: leases expire, an increase begins, the period ends. */
  readonly retryAt: Instant;
  readonly contact?: string;
}

/** What a call came up against: all of its hard budgets let it, or those that do not. */
export interface Decision {
  readonly allowed: boolean;
  readonly shortages: readonly Shortage[];
  /** Shadow budgets that would have refused it. */
  readonly wouldHaveRefused: readonly Shortage[];
  /** What one call was taken to need. */
  readonly perCall: Quantities;
  /** Budgets that it falls under, and what becomes of calls like it while nobody can be asked. */
  readonly budgets: readonly ConsultedBudget[];
}

export interface ConsultedBudget {
  readonly budgetId: string;
  readonly name: string;
  readonly scope: Scope;
  readonly unit: BudgetUnit;
  readonly enforcement: Enforcement;
  readonly failMode: FailMode;
  readonly remaining: Amount;
}

/** `closed` as soon as one of the budgets says so. */
export function failModeOf(budgets: readonly Pick<ConsultedBudget, "failMode" | "enforcement">[]): FailMode {
  return budgets.some(({ failMode, enforcement }) => enforcement === "hard" && failMode === "closed")
    ? "closed"
    : "open";
}
