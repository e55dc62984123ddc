import { describe, expect, it } from "vitest";
import { Amount, type Budget } from "./budget.ts";
import { needsApproval, newProposal } from "./budget-approval.ts";
import type { ApprovalPolicy, BudgetAmendment, TermsUpdate } from "./budget-change.ts";
import { applyEdit } from "./budget-edit.ts";
import { aBudget } from "./fixtures.ts";
import { DAY_MS, HOUR_MS, type Instant, parseInstant, plusMs } from "./time.ts";

const of = (text: string) => Amount.parse(text);
const now = parseInstant("2026-11-21T12:00:00Z");
const update = (terms: TermsUpdate): BudgetAmendment => ({ kind: "update", terms });
const to = (amount: string) => update({ amount: of(amount) });
const increase = (amount: string, from = now): BudgetAmendment => ({
  kind: "increase",
  increase: {
    increaseId: `inc_${amount}`,
    amount: of(amount),
    from,
    until: plusMs(from, DAY_MS),
    by: "token_1",
    reason: "launch",
  },
});
const by50: ApprovalPolicy = { aboveAmount: of("50") };
const byHalf: ApprovalPolicy = { aboveRatio: "1.5" };
const needs = (policy: ApprovalPolicy, edit: BudgetAmendment, budget = aBudget(), at: Instant = now) =>
  needsApproval(policy, budget, edit, at);
const after = (budget: Budget, edit: BudgetAmendment, at: Instant, approvedBy?: string): Budget => {
  const outcome = applyEdit(budget, edit, { changeId: "chg_1", at, by: "token_1", approvedBy });
  return outcome.outcome === "edited" ? outcome.budget : budget;
};

describe("approval of an increase", () => {
  it("is needed above the amount or the ratio, not at it", () => {
    expect(needs(by50, to("150"))).toBe(false);
    expect(needs(by50, to("150.000000000000000001"))).toBe(true);
    expect(needs(byHalf, to("150"))).toBe(false);
    expect(needs(byHalf, to("150.01"))).toBe(true);
    expect(needs({ ...by50, aboveRatio: "10" }, to("151"))).toBe(true);
    expect(needs({}, to("1000000"))).toBe(false);
  });

  it("goes by the ratio alone where the budget is not in dollars", () => {
    const tokens = aBudget({ unit: "tokens" });
    expect(needs(by50, to("1000"), tokens)).toBe(false);
    expect(needs(byHalf, to("1000"), tokens)).toBe(true);
  });

  it("is not needed for what does not raise the limit", () => {
    const strict: ApprovalPolicy = { aboveAmount: of("0"), aboveRatio: "1" };
    const budget = aBudget({ rollover: { cap: of("10") } });
    for (const edit of [
      to("100"),
      to("1"),
      update({ name: "x", thresholds: [], rollover: null }),
      update({ rollover: { cap: of("5") } }),
      { kind: "deactivate" } as const,
      { kind: "reactivate" } as const,
      { kind: "end_increase", increaseId: "inc_1" } as const,
    ])
      expect(needs(strict, edit, budget)).toBe(false);
    expect(needs(strict, to("100.01"), budget)).toBe(true);
  });

  it("is needed where more is to roll over", () => {
    expect(needs(by50, update({ rollover: { cap: of("50") } }))).toBe(false);
    expect(needs(by50, update({ rollover: { cap: of("51") } }))).toBe(true);
    expect(needs(by50, update({ amount: of("130"), rollover: { cap: of("30") } }))).toBe(true);
  });

  it("is needed for a temporary increase as for one that stays, together with others of its time", () => {
    expect(needs(by50, increase("50"))).toBe(false);
    expect(needs(by50, increase("51"))).toBe(true);
    const raised = after(aBudget(), increase("40"), now);
    expect(needs(by50, increase("11"), raised)).toBe(true);
    expect(needs(by50, increase("11", plusMs(now, 2 * DAY_MS)), raised)).toBe(false);
  });

  it("counts raises of a day together, so that many small ones are one large one", () => {
    const once = after(aBudget(), to("140"), now);
    expect(needs(by50, to("160"), once, plusMs(now, HOUR_MS))).toBe(true);
    expect(needs(by50, to("150"), once, plusMs(now, HOUR_MS))).toBe(false);
    expect(needs(by50, to("160"), once, plusMs(now, DAY_MS))).toBe(false);
    const lowered = after(aBudget(), to("10"), now);
    expect(needs(by50, to("100"), lowered, plusMs(now, HOUR_MS))).toBe(true);
  });

  it("counts from what a second person let through", () => {
    const approved = after(aBudget(), to("1000"), now, "token_2");
    expect(needs(by50, to("1050"), approved, plusMs(now, HOUR_MS))).toBe(false);
    expect(needs(by50, to("1051"), approved, plusMs(now, HOUR_MS))).toBe(true);
  });
});

describe("amounts of an edit", () => {
  it("are what the budget has before and after it, with an increase while that lasts", () => {
    const amounts = (edit: BudgetAmendment) => {
      const { amountBefore: before, amountAfter: then } = newProposal(aBudget(), edit, {
        proposalId: "prop_1",
        at: now,
        by: "token_1",
      });
      return [`${before}`, `${then}`];
    };
    expect(amounts(to("500"))).toEqual(["100", "500"]);
    expect(amounts(increase("25"))).toEqual(["100", "125"]);
    expect(amounts(update({ rollover: { cap: of("500") } }))).toEqual(["100", "100"]);
  });
});
