import {
  Amount,
  type BudgetTerms,
  type BudgetUnit,
  type TemporaryIncrease,
  type Threshold,
  thresholdAmount,
  thresholdIdOf,
} from "./budget.ts";

/** Most thresholds of a budget. */
export const THRESHOLDS_MAX = 20;

/** What is wrong with the terms of a budget, or with an increase of one: the field, and words that go on from its name. */
export interface TermsProblem {
  readonly field: keyof BudgetTerms | keyof TemporaryIncrease;
  readonly problem: string;
}

/** What makes terms contradict each other, the first of it; nothing when they are sound. */
export function termsProblem(terms: Omit<BudgetTerms, "scope">): TermsProblem | undefined {
  const { unit, amount, rollover, spike } = terms;
  if (!isMore(amount)) return { field: "amount", problem: "must be more than zero" };
  if (!isWhole(unit, amount)) return { field: "amount", problem: wholeProblem(unit) };
  if (rollover?.cap.isNegative()) return { field: "rollover", problem: "must not have a cap below zero" };
  if (rollover && !isWhole(unit, rollover.cap)) return { field: "rollover", problem: wholeProblem(unit) };
  if (spike && unit !== "usd")
    return { field: "spike", problem: "watches costs: it needs a budget in US dollars" };
  if (spike && !(Number(spike.times) > 1)) return { field: "spike", problem: "must have times above 1" };
  return thresholdsProblem(terms) ?? shortPeriodProblem(terms);
}

/** Of hours there is a sum but no yesterday that is worth carrying on; of minutes there is not even a sum. */
function shortPeriodProblem(terms: Omit<BudgetTerms, "scope">): TermsProblem | undefined {
  const { period, enforcement, rollover, spike, thresholds } = terms;
  if (period !== "minutely" && period !== "hourly") return undefined;
  if (rollover) return { field: "rollover", problem: `does not go with a ${period} budget` };
  if (period === "hourly") return undefined;
  if (enforcement === "soft")
    return { field: "enforcement", problem: "must be hard or shadow: totals know no minutes to alert on" };
  if (thresholds.length > 0)
    return { field: "thresholds", problem: "must be empty: totals know no minutes to alert on" };
  if (spike) return { field: "spike", problem: "does not go with a minutely budget" };
  return undefined;
}

function thresholdsProblem({ unit, thresholds }: Omit<BudgetTerms, "scope">): TermsProblem | undefined {
  if (thresholds.length > THRESHOLDS_MAX)
    return { field: "thresholds", problem: `must have at most ${THRESHOLDS_MAX} entries` };
  const idle = thresholds.find(({ at }) => !isMore("percent" in at ? Amount.parse(at.percent) : at.amount));
  if (idle) return { field: "thresholds", problem: "must be more than zero, each of them" };
  const part = thresholds.find(({ at }) => "amount" in at && !isWhole(unit, at.amount));
  return part && { field: "thresholds", problem: `must be whole numbers of ${unit} where they are amounts` };
}

/** What is wrong with an increase of a budget in `unit`. */
export function increaseProblem(increase: TemporaryIncrease, unit: BudgetUnit): TermsProblem | undefined {
  const { amount, from, until, reason } = increase;
  if (!isMore(amount)) return { field: "amount", problem: "must be more than zero" };
  if (!isWhole(unit, amount)) return { field: "amount", problem: wholeProblem(unit) };
  if (until <= from) return { field: "until", problem: "must be later than it begins, and in the future" };
  if (reason.trim() === "") return { field: "reason", problem: "must say why" };
  return undefined;
}

/** Each once, in ascending order of their amounts, those on actual spending first. */
export function orderedThresholds(thresholds: readonly Threshold[], amount: Amount): Threshold[] {
  const byId = new Map(thresholds.map((threshold) => [thresholdIdOf(threshold), threshold]));
  return [...byId.values()].sort(
    (a, b) =>
      Number(a.on === "forecast") - Number(b.on === "forecast") ||
      thresholdAmount(a, amount).compare(thresholdAmount(b, amount)),
  );
}

const isMore = (amount: Amount): boolean => !amount.isZero() && !amount.isNegative();

const isWhole = (unit: BudgetUnit, amount: Amount): boolean =>
  unit === "usd" || !amount.toString().includes(".");

const wholeProblem = (unit: BudgetUnit): string => `must be a whole number of ${unit}`;
