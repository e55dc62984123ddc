import { Amount, type Budget } from "./budget.ts";
import type { ApprovalPolicy, BudgetAmendment, BudgetProposal } from "./budget-change.ts";
import { DAY_MS, type Instant, plusMs } from "./time.ts";

/** Raises within this time count together, or many small ones would pass where a large one does not. */
const RAISES_TOGETHER_MS = DAY_MS;

/** What an edit raises the limit from and to, as the policy sees it. */
interface Raise {
  readonly from: Amount;
  readonly to: Amount;
}

/** Whether a second person has to agree to an edit: it raises the limit by more than `policy` leaves to one. */
export function needsApproval(
  policy: ApprovalPolicy,
  budget: Budget,
  edit: BudgetAmendment,
  at: Instant,
): boolean {
  const raise = raiseOf(budget, edit, at);
  if (raise === undefined || raise.from.atLeast(raise.to)) return false;
  const { aboveAmount, aboveRatio } = policy;
  const isMuch =
    budget.unit === "usd" && aboveAmount !== undefined && isMore(raise.to.minus(raise.from), aboveAmount);
  return isMuch || (aboveRatio !== undefined && isMore(raise.to, raise.from.times(aboveRatio)));
}

/** What is proposed: what an edit of the budget needs approval for. */
export interface ProposalNote extends Pick<BudgetProposal, "proposalId" | "reason"> {
  readonly at: Instant;
  readonly by: string;
}

/** An edit that waits for a second person. */
export function newProposal(
  budget: Budget,
  edit: BudgetAmendment,
  { proposalId, reason, at, by }: ProposalNote,
): BudgetProposal {
  const { before, after } = amountsOfEdit(budget, edit);
  return {
    proposalId,
    budgetId: budget.budgetId,
    scope: budget.scope,
    edit,
    ...(reason !== undefined && { reason }),
    proposedAt: at,
    proposedBy: by,
    revision: budget.revision,
    amountBefore: before,
    amountAfter: after,
    state: "pending",
  };
}

/** The amount before and after an edit, for those who decide about it; with an increase, while that lasts. */
function amountsOfEdit(budget: Budget, edit: BudgetAmendment): { before: Amount; after: Amount } {
  const { amount } = budget;
  switch (edit.kind) {
    case "update":
      return { before: amount, after: edit.terms.amount ?? amount };
    case "increase":
      return { before: amount, after: amount.plus(edit.increase.amount) };
    case "end_increase":
    case "deactivate":
    case "reactivate":
      return { before: amount, after: amount };
    default:
      return edit satisfies never;
  }
}

function raiseOf(budget: Budget, edit: BudgetAmendment, at: Instant): Raise | undefined {
  switch (edit.kind) {
    case "update": {
      const { amount = budget.amount, rollover } = edit.terms;
      const cap = budget.rollover?.cap ?? Amount.zero;
      const capAfter = rollover === undefined ? cap : (rollover?.cap ?? Amount.zero);
      const more = Amount.sum([moreOf(amount, budget.amount), moreOf(capAfter, cap)]);
      if (more.isZero()) return undefined;
      const from = agreedAmount(budget, at);
      return { from, to: Amount.sum([from, moreOf(amount, from), moreOf(capAfter, cap)]) };
    }
    case "increase": {
      const { from, until, amount } = edit.increase;
      const beside = budget.increases.filter((one) => one.from < until && from < one.until);
      const added = Amount.sum([amount, ...beside.map((one) => one.amount)]);
      return { from: budget.amount, to: budget.amount.plus(added) };
    }
    case "end_increase":
    case "deactivate":
    case "reactivate":
      return undefined;
    default:
      return edit satisfies never;
  }
}

/** The amount that was in force a day ago, or the last one that a second person let through; never above that of now. */
function agreedAmount({ amount, amounts }: Budget, at: Instant): Amount {
  const since = plusMs(at, -RAISES_TOGETHER_MS);
  const agreed = amounts.findLast(({ from, approved }) => from <= since || approved) ?? amounts[0];
  return agreed === undefined || agreed.amount.atLeast(amount) ? amount : agreed.amount;
}

const moreOf = (after: Amount, before: Amount): Amount =>
  after.atLeast(before) ? after.minus(before) : Amount.zero;

const isMore = (a: Amount, b: Amount): boolean => !b.atLeast(a);
