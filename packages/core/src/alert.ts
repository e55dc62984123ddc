import type { Amount, BudgetUnit, ThresholdLevel } from "./budget.ts";
import type { Period } from "./period.ts";
import type { Scope } from "./scope.ts";
import type { Instant, UtcDate, UtcHour } from "./time.ts";

export const alertKinds = [
  "budget_threshold",
  "budget_forecast",
  "budget_recovered",
  "cost_spike",
  "unpriced_model",
] as const;
export type AlertKind = (typeof alertKinds)[number];

/** Something that people are told of. Its id says what happened, and the store puts an alert only if its id is absent. */
export type Alert = ThresholdAlert | ForecastAlert | RecoveredAlert | SpikeAlert | UnpricedModelAlert;

/** `open`: nobody has said anything yet · `acknowledged`: somebody is on it · `resolved`: it is over. */
export const alertStates = ["open", "acknowledged", "resolved"] as const;
export type AlertState = (typeof alertStates)[number];

interface AlertBase extends AlertLife {
  readonly alertId: string;
  readonly kind: AlertKind;
  /** Whose matter it is: who may see the scope may see the alert. */
  readonly scope: Scope;
  readonly level: ThresholdLevel;
  readonly raisedAt: Instant;
  /** False where another alert of the same moment tells people more: of thresholds passed in one step, the highest. */
  readonly notify: boolean;
}

/** What people make of an alert after it was raised. */
export interface AlertLife {
  readonly state: AlertState;
  readonly acknowledged?: Remark;
  readonly resolved?: Remark;
  /** Nobody is told of it before; then those are told again whom it still concerns. */
  readonly snoozedUntil?: Instant;
  /** Who last wanted that, and when. */
  readonly snoozed?: Remark;
}

/** Who resolves an alert that is over by itself: what it told of is no longer so. */
export const RESOLVED_BY_RECOVERY = "recovery";
/** Who resolves an alert of a limit that has changed: alerts of the new one took its place. */
export const RESOLVED_BY_SUCCESSOR = "successor";

export interface Remark {
  readonly at: Instant;
  /** Id of the token, {@link RESOLVED_BY_RECOVERY} or {@link RESOLVED_BY_SUCCESSOR}. */
  readonly by: string;
  readonly note?: string;
}

interface BudgetAlertBase extends AlertBase {
  readonly budgetId: string;
  readonly budgetName: string;
  readonly unit: BudgetUnit;
  /** The limit in that period when it was raised, with what rolled over and what it was increased by. */
  readonly amount: Amount;
  /** What had been spent when it was seen. */
  readonly spent: Amount;
  readonly period: Period;
  readonly timeZone: string;
  readonly contact?: string;
  /** What will have been spent at the end of the period if it goes on like this. */
  readonly projected?: Amount;
  readonly exhaustedAt?: Instant;
}

interface AtThreshold {
  /** As {@link thresholdIdOf} names it. */
  readonly thresholdId: string;
  /** Of the limit; absent where the threshold is an amount. */
  readonly thresholdPercent?: string;
  readonly thresholdAmount: Amount;
}

/** A budget's threshold was crossed. There is one per budget, period, threshold and revision of the limit. */
export interface ThresholdAlert extends BudgetAlertBase, AtThreshold {
  readonly kind: "budget_threshold";
}

/** A budget's threshold will be crossed before the period ends, if spending goes on as it does. One as above. */
export interface ForecastAlert extends BudgetAlertBase, AtThreshold {
  readonly kind: "budget_forecast";
  readonly projected: Amount;
}

/**
 * What an alert told of is no longer so: the limit was raised, or what was spent was corrected. One per alert. There is
 * nothing to do about it, so it is resolved from the beginning.
 */
export interface RecoveredAlert extends BudgetAlertBase, AtThreshold {
  readonly kind: "budget_recovered";
  readonly recoveredAlertId: string;
  /** Of the alert that is over: whom that was meant for, this is meant for too. */
  readonly recoveredLevel: ThresholdLevel;
}

/** An hour costs many times what hours of the scope usually do. There is one per budget and hour. */
export interface SpikeAlert extends BudgetAlertBase {
  readonly kind: "cost_spike";
  readonly hour: UtcHour;
  /** What the hour came to when it was seen. */
  readonly actual: Amount;
  /** What such an hour costs as a rule, by the hours of the week before it. */
  readonly usual: Amount;
  /** How many hours of that week there were to go by. */
  readonly comparedHours: number;
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
