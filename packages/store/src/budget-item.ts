import {
  type AmountSince,
  type Budget,
  type BudgetTerms,
  budgetUnits,
  type Calendar,
  enforcements,
  failModes,
  parseScope,
  periodKinds,
  type TemporaryIncrease,
  type Threshold,
  thresholdBases,
  thresholdLevels,
  weekdays,
} from "@ai-usage/core";
import { type Item, ItemReader, moneyAttribute } from "./item.ts";
import { budgetKey, listingKey, listings } from "./keys.ts";

/** @param changeId the change that made it what it is: whoever writes next tells by it that nobody else did meanwhile */
export function toBudgetItem(budget: Budget, changeId: string): Item {
  return {
    ...budgetKey(budget.budgetId),
    ...listingKey(listings.budgets, budget.createdAt, budget.budgetId),
    ...toBudgetAttributes(budget),
    change_id: changeId,
  };
}

/** A budget where it is part of another item. */
export function toBudgetAttributes(budget: Budget): Item {
  return {
    budget_id: budget.budgetId,
    scope: budget.scope,
    ...toTermsAttributes(budget),
    active: budget.active,
    revision: budget.revision,
    created_at: budget.createdAt,
    created_by: budget.createdBy,
    updated_at: budget.updatedAt,
    managed_by: budget.managedBy,
    managed_key: budget.managedKey,
    amounts: budget.amounts.map(toAmountSince),
    increases: budget.increases.map(toIncreaseAttributes),
  };
}

/** @throws InvalidItemError naming the attribute that is not what a budget has */
export function fromBudgetItem(item: Item): Budget {
  const read = new ItemReader(item);
  return {
    budgetId: read.text("budget_id"),
    scope: parseScope(read.text("scope")),
    ...fromTermsAttributes(read),
    active: read.flag("active"),
    revision: read.integer("revision"),
    createdAt: read.instant("created_at"),
    createdBy: read.text("created_by"),
    updatedAt: read.instant("updated_at"),
    managedBy: read.optionalText("managed_by"),
    managedKey: read.optionalText("managed_key"),
    amounts: read.maps("amounts").map(fromAmountSince),
    increases: read.maps("increases").map(fromIncreaseAttributes),
  };
}

export function toTermsAttributes(terms: Omit<BudgetTerms, "scope">): Item {
  const { calendar, rollover, spike } = terms;
  return {
    name: terms.name,
    unit: terms.unit,
    amount: moneyAttribute(terms.amount),
    period: terms.period,
    time_zone: calendar.timeZone,
    week_starts_on: calendar.weekStartsOn,
    year_starts_in: calendar.yearStartsIn,
    thresholds: terms.thresholds.map(toThresholdAttributes),
    enforcement: terms.enforcement,
    fail_mode: terms.failMode,
    rollover_cap: rollover && moneyAttribute(rollover.cap),
    spike: spike && { times: spike.times, at_least: moneyAttribute(spike.atLeast) },
    contact: terms.contact,
    metadata: { ...terms.metadata },
  };
}

export function fromTermsAttributes(read: ItemReader): Omit<BudgetTerms, "scope"> {
  const cap = read.optionalMoney("rollover_cap");
  const spike = read.has("spike") ? read.map("spike") : undefined;
  return {
    name: read.text("name"),
    unit: read.word("unit", budgetUnits),
    amount: read.money("amount"),
    period: read.word("period", periodKinds),
    calendar: calendarOf(read),
    thresholds: read.maps("thresholds").map(fromThresholdAttributes),
    enforcement: read.word("enforcement", enforcements),
    failMode: read.word("fail_mode", failModes),
    rollover: cap && { cap },
    spike: spike && { times: spike.text("times"), atLeast: spike.money("at_least") },
    contact: read.optionalText("contact"),
    metadata: read.map("metadata").textMap(),
  };
}

function calendarOf(read: ItemReader): Calendar {
  return {
    timeZone: read.text("time_zone"),
    ...(read.has("week_starts_on") && { weekStartsOn: read.word("week_starts_on", weekdays) }),
    ...(read.has("year_starts_in") && { yearStartsIn: read.integer("year_starts_in") }),
  };
}

export const toThresholdAttributes = ({ at, on, level }: Threshold): Item => ({
  ...("percent" in at ? { percent: at.percent } : { amount: moneyAttribute(at.amount) }),
  on,
  level,
});

export const fromThresholdAttributes = (read: ItemReader): Threshold => ({
  at: read.has("percent") ? { percent: read.text("percent") } : { amount: read.money("amount") },
  on: read.word("on", thresholdBases),
  level: read.word("level", thresholdLevels),
});

const toAmountSince = ({ from, amount, rolloverCap, approved }: AmountSince): Item => ({
  from,
  amount: moneyAttribute(amount),
  rollover_cap: rolloverCap && moneyAttribute(rolloverCap),
  approved,
});

const fromAmountSince = (read: ItemReader): AmountSince => ({
  from: read.instant("from"),
  amount: read.money("amount"),
  ...(read.has("rollover_cap") && { rolloverCap: read.money("rollover_cap") }),
  ...(read.has("approved") && { approved: read.flag("approved") }),
});

export const toIncreaseAttributes = (increase: TemporaryIncrease): Item => ({
  increase_id: increase.increaseId,
  amount: moneyAttribute(increase.amount),
  from: increase.from,
  until: increase.until,
  by: increase.by,
  reason: increase.reason,
});

export const fromIncreaseAttributes = (read: ItemReader): TemporaryIncrease => ({
  increaseId: read.text("increase_id"),
  amount: read.money("amount"),
  from: read.instant("from"),
  until: read.instant("until"),
  by: read.text("by"),
  reason: read.text("reason"),
});
