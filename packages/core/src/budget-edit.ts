import type { AmountSince, Budget, BudgetTerms, TemporaryIncrease } from "./budget.ts";
import type { BudgetAmendment, BudgetCreation, ChangeNote, TermsUpdate } from "./budget-change.ts";
import { increaseProblem, orderedThresholds, type TermsProblem, termsProblem } from "./budget-terms.ts";
import { hasSameJson } from "./same-json.ts";
import { DAY_MS, epochMsOf, type Instant, instantFromEpochMs, plusMs } from "./time.ts";

/** An edit that a budget cannot have, and why. */
export interface InvalidEdit extends TermsProblem {
  readonly outcome: "invalid";
}

/** What an edit makes of a budget. `unchanged`: it is so already. */
export type EditOutcome = { readonly outcome: "edited" | "unchanged"; readonly budget: Budget } | InvalidEdit;

/** A budget's item holds its former amounts, and may have 400 kB: these are 16. */
const AMOUNTS_MAX = 200;
/** Increases that have not ended long ago: with reasons of 500 characters, 70 kB. */
const INCREASES_MAX = 100;
const ENDED_INCREASES_KEPT_MS = 400 * DAY_MS;

export function newBudget(creation: BudgetCreation, { at, by }: Pick<ChangeNote, "at" | "by">): EditOutcome {
  const { budgetId, terms, managedBy, managedKey } = creation;
  const problem = termsProblem(terms);
  if (problem) return { outcome: "invalid", ...problem };
  const budget: Budget = {
    ...terms,
    thresholds: orderedThresholds(terms.thresholds, terms.amount),
    budgetId,
    active: true,
    revision: 1,
    createdAt: at,
    createdBy: by,
    updatedAt: at,
    ...(managedBy !== undefined && { managedBy }),
    ...(managedKey !== undefined && { managedKey }),
    amounts: [amountSince(terms, at)],
    increases: [],
  };
  return { outcome: "edited", budget };
}

/** `updatedAt` of what comes of it is when it takes effect: edits of one moment follow each other by a millisecond. */
export function applyEdit(budget: Budget, edit: BudgetAmendment, note: ChangeNote): EditOutcome {
  const at = instantFromEpochMs(Math.max(epochMsOf(note.at), epochMsOf(budget.updatedAt) + 1));
  switch (edit.kind) {
    case "update":
      return withTerms(budget, edit.terms, { at, approved: note.approvedBy !== undefined });
    case "increase":
      return withIncrease(budget, edit.increase, at);
    case "end_increase":
      return withoutIncrease(budget, edit.increaseId, at);
    case "deactivate":
    case "reactivate": {
      const active = edit.kind === "reactivate";
      if (budget.active === active) return { outcome: "unchanged", budget };
      return { outcome: "edited", budget: { ...budget, active, updatedAt: at } };
    }
    default:
      return edit satisfies never;
  }
}

function withTerms(
  budget: Budget,
  update: TermsUpdate,
  { at, approved }: { at: Instant; approved: boolean },
): EditOutcome {
  const terms = updatedTerms(budget, update);
  const problem = termsProblem(terms);
  if (problem) return { outcome: "invalid", ...problem };
  const after = { ...terms, thresholds: orderedThresholds(terms.thresholds, terms.amount) };
  if (hasSameJson(after, budget)) return { outcome: "unchanged", budget };
  const former = budget.amounts.at(-1);
  const since = amountSince(after, at, approved);
  const isLimitSame =
    hasSameJson(after.amount, budget.amount) && hasSameJson(since.rolloverCap, former?.rolloverCap);
  const edited = {
    ...after,
    updatedAt: at,
    amounts: isLimitSame ? budget.amounts : [...budget.amounts, since].slice(-AMOUNTS_MAX),
    increases: recentIncreases(budget, at),
  };
  const isAlertedSame = isLimitSame && hasSameJson(after.thresholds, budget.thresholds);
  return { outcome: "edited", budget: isAlertedSame ? edited : withNextRevision(edited) };
}

function updatedTerms(budget: Budget, update: TermsUpdate): Budget {
  const { rollover, spike, contact, ...always } = update;
  const given = Object.fromEntries(Object.entries(always).filter(([, value]) => value !== undefined));
  return {
    ...budget,
    ...given,
    rollover: rollover === undefined ? budget.rollover : (rollover ?? undefined),
    spike: spike === undefined ? budget.spike : (spike ?? undefined),
    contact: contact === undefined ? budget.contact : (contact ?? undefined),
  };
}

/** One that begins in the past begins now: what was is not rewritten. */
function withIncrease(budget: Budget, given: TemporaryIncrease, at: Instant): EditOutcome {
  const increase = { ...given, from: given.from < at ? at : given.from };
  const problem = increaseProblem(increase, budget.unit);
  if (problem) return { outcome: "invalid", ...problem };
  const recent = recentIncreases(budget, at);
  if (recent.some(({ increaseId }) => increaseId === increase.increaseId))
    return { outcome: "unchanged", budget };
  if (recent.length >= INCREASES_MAX)
    return {
      outcome: "invalid",
      field: "increaseId",
      problem: `would be one of more than ${INCREASES_MAX} within a year: change the amount instead`,
    };
  return {
    outcome: "edited",
    budget: withNextRevision({ ...budget, updatedAt: at, increases: [...recent, increase] }),
  };
}

function withoutIncrease(budget: Budget, increaseId: string, at: Instant): EditOutcome {
  const found = budget.increases.find((one) => one.increaseId === increaseId);
  if (found === undefined)
    return { outcome: "invalid", field: "increaseId", problem: "is of no increase of this budget" };
  if (found.until <= at) return { outcome: "unchanged", budget };
  const ended = { ...found, from: found.from < at ? found.from : at, until: at };
  const increases = recentIncreases(budget, at).map((one) => (one === found ? ended : one));
  return { outcome: "edited", budget: withNextRevision({ ...budget, updatedAt: at, increases }) };
}

const withNextRevision = (budget: Budget): Budget => ({ ...budget, revision: budget.revision + 1 });

const recentIncreases = ({ increases }: Budget, at: Instant): TemporaryIncrease[] =>
  increases.filter(({ until }) => until >= plusMs(at, -ENDED_INCREASES_KEPT_MS));

function amountSince(
  { amount, rollover }: Pick<BudgetTerms, "amount" | "rollover">,
  from: Instant,
  approved = false,
): AmountSince {
  return { from, amount, ...(rollover && { rolloverCap: rollover.cap }), ...(approved && { approved }) };
}
