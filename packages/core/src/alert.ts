import { createHash } from "node:crypto";
import {
  type Budget,
  reachedThresholds,
  type Threshold,
  type ThresholdLevel,
  thresholdAmount,
} from "./budget.ts";
import type { Money } from "./money.ts";
import type { Period } from "./period.ts";
import { type Scope, scopeOf } from "./scope.ts";
import { type Instant, type UtcDate, utcDateOf } from "./time.ts";

export const alertKinds = ["budget_threshold", "unpriced_model"] as const;
export type AlertKind = (typeof alertKinds)[number];

/** Something that people are told of. Its id says what happened, and the store puts an alert only if its id is absent. */
export type Alert = ThresholdAlert | UnpricedModelAlert;

interface AlertBase {
  readonly alertId: string;
  readonly kind: AlertKind;
  /** Whose matter it is: who may see the scope may see the alert. */
  readonly scope: Scope;
  readonly level: ThresholdLevel;
  readonly raisedAt: Instant;
  readonly state: "open";
  /** False where another alert of the same moment tells people more: of thresholds passed in one step, the highest. */
  readonly notify: boolean;
}

/** A budget's threshold was crossed. There is one per budget, period, threshold and revision of the limit. */
export interface ThresholdAlert extends AlertBase {
  readonly kind: "budget_threshold";
  readonly budgetId: string;
  readonly budgetName: string;
  readonly thresholdPercent: string;
  readonly thresholdAmount: Money;
  /** The budget's amount. */
  readonly amount: Money;
  /** What had been spent when the crossing was seen. */
  readonly spent: Money;
  readonly period: Period;
  readonly timeZone: string;
}

/** What a price is asked for: an operation of a model; or of a service, where that has no models. */
export interface PriceSubject {
  readonly service: string;
  readonly model?: string;
  readonly operation: string;
}

/** Calls came that nobody knows the price of. There is one per model and day. */
export interface UnpricedModelAlert extends AlertBase, PriceSubject {
  readonly kind: "unpriced_model";
  /** The UTC day on which it was seen, whenever the calls were made. */
  readonly date: UtcDate;
  /** The UTC day of the calls that were seen. */
  readonly callDate: UtcDate;
  /** Calls of `callDate` that had no price when it was seen. */
  readonly unpricedCalls: number;
  /** The earliest UTC day of such calls that is known. */
  readonly firstDate: UtcDate;
}

/** A message about an alert over one channel. */
export interface Delivery {
  readonly channel: "email";
  readonly state: "sending" | "sent" | "failed";
  readonly attempts: number;
  readonly at: Instant;
}

export function alertIdOf(budget: Budget, period: Period, threshold: Threshold): string {
  return `${budget.budgetId}.${period.id}.${threshold.percent}.r${budget.revision}`;
}

/**
 * Alerts that are due when `spent` is what the budget's scope has spent in `period`, the highest threshold first, so
 * that a crash between two puts never leaves a lower one to be told on its own.
 */
export function dueAlerts(input: {
  budget: Budget;
  period: Period;
  spent: Money;
  now: Instant;
}): ThresholdAlert[] {
  const { budget, period, spent, now } = input;
  const reached = reachedThresholds(budget, spent).reverse();
  return reached.map((threshold, index) => ({
    alertId: alertIdOf(budget, period, threshold),
    kind: "budget_threshold",
    budgetId: budget.budgetId,
    budgetName: budget.name,
    scope: budget.scope,
    level: threshold.level,
    thresholdPercent: threshold.percent,
    thresholdAmount: thresholdAmount(budget, threshold),
    amount: budget.amount,
    spent,
    period,
    timeZone: budget.timeZone,
    raisedAt: now,
    state: "open",
    notify: index === 0,
  }));
}

/** The alert that is due on the day of `now` when `subject` was seen to have calls without a price. */
export function unpricedModelAlert(input: {
  subject: PriceSubject;
  callDate: UtcDate;
  unpricedCalls: number;
  firstDate: UtcDate;
  now: Instant;
}): UnpricedModelAlert {
  const { subject, callDate, unpricedCalls, firstDate, now } = input;
  const { service, model, operation } = subject;
  const date = utcDateOf(now);
  return {
    alertId: `unpriced.${idPart(service, SERVICE_PART)}.${modelPart(subject)}.${date}`,
    kind: "unpriced_model",
    scope: model === undefined ? scopeOf("service", service) : scopeOf("model", model),
    level: "WARNING",
    service,
    model,
    operation,
    date,
    callDate,
    unpricedCalls,
    firstDate,
    raisedAt: now,
    state: "open",
    notify: true,
  };
}

// Parts of an id are joined by dots. The date at its end has none, so only one of the two names may: the model's.
const SERVICE_PART = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;
const MODEL_PART = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;
const HASH_DIGITS = 16;

/** An operation is marked, because a model may have the same name. */
function modelPart({ model, operation }: PriceSubject): string {
  return model === undefined ? `~${idPart(operation, MODEL_PART)}` : idPart(model, MODEL_PART);
}

/** A name as it is; or without what has no place in a key or a path, and with a hash that keeps it apart from others. */
function idPart(name: string, plain: RegExp): string {
  if (plain.test(name)) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, HASH_DIGITS);
  return `${name.replace(/[^A-Za-z0-9_-]/g, "-")}~${hash}`;
}
