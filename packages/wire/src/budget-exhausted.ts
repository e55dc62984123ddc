import {
  type Amount,
  type BudgetUnit,
  epochMsOf,
  formatAmount,
  type Instant,
  type Shortage,
} from "@ai-usage/core";
import { type Problem, problem } from "./problem.ts";

/** Type of the problem document of every refusal, wherever it comes from. */
export const BUDGET_EXHAUSTED = "urn:ai-usage:problem:budget-exhausted";

/** A refusal: which budgets are short, by how much, when to come again and whom to ask. */
export interface BudgetExhausted extends Problem {
  readonly type: typeof BUDGET_EXHAUSTED;
  readonly budgets: readonly WireShortage[];
  readonly retry_after_seconds: number;
}

export type WireShortage = ReturnType<typeof toWireShortage>;

type MayRead = (budget: { readonly scope: string }) => boolean;

/** @param mayRead of a budget that the caller may not read, no figures are told */
export function toWireShortage(shortage: Shortage, mayRead: MayRead) {
  const always = {
    budget_id: shortage.budgetId,
    unit: shortage.unit,
    resets_at: shortage.resetsAt,
    retry_at: shortage.retryAt,
  };
  if (!mayRead(shortage)) return always;
  return {
    ...always,
    name: shortage.name,
    scope: shortage.scope,
    enforcement: shortage.enforcement,
    period: { id: shortage.periodId, kind: shortage.periodKind },
    limit: shortage.limit.toString(),
    spent: shortage.spent.toString(),
    reserved: shortage.reserved.toString(),
    remaining: shortage.remaining.toString(),
    needed: shortage.needed.toString(),
    ...(shortage.contact !== undefined && { contact: shortage.contact }),
  };
}

/** @param shortages at least one */
export function budgetExhausted(
  shortages: readonly Shortage[],
  { now, mayRead }: { now: Instant; mayRead: MayRead },
): BudgetExhausted {
  const isMoney = shortages.some(({ unit }) => unit === "usd");
  // All of them must have room again.
  const retryMs = Math.max(...shortages.map((one) => epochMsOf(one.retryAt))) - epochMsOf(now);
  return {
    ...problem(isMoney ? 402 : 429, sentenceOf(shortages, mayRead)),
    type: BUDGET_EXHAUSTED,
    title: "Budget exhausted",
    budgets: shortages.map((shortage) => toWireShortage(shortage, mayRead)),
    retry_after_seconds: Math.max(1, Math.ceil(retryMs / 1000)),
  };
}

function sentenceOf(shortages: readonly Shortage[], mayRead: MayRead): string {
  const [first] = shortages.filter(mayRead);
  if (first === undefined) return "a budget that this token may not read has not enough left for the call";
  const { unit, name, scope } = first;
  const others = shortages.length > 1 ? `, and ${shortages.length - 1} more` : "";
  const asks = first.contact === undefined ? "" : `; ask ${first.contact} for more`;
  return (
    `budget "${name}" of ${scope}${others} has ${leftOf(unit, first.remaining)} left of ${formatAmount(unit, first.limit)} ` +
    `and the call may take ${formatAmount(unit, first.needed)}; it begins anew at ${first.resetsAt}${asks}`
  );
}

const leftOf = (unit: BudgetUnit, remaining: Amount): string =>
  remaining.isNegative() ? "nothing" : formatAmount(unit, remaining);
