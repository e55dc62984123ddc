import {
  Amount,
  applyEdit,
  type Budget,
  type BudgetAmendment,
  type BudgetProposal,
  newBudget,
  parseInstant,
} from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import {
  decisionSchema,
  proposalListSchema,
  toWireBudgetChange,
  toWireProposal,
} from "./budget-change-wire.ts";
import { parseNewBudget } from "./budget-wire.ts";
import { errorsOf } from "./errors-fixture.ts";
import { parseOrProblem } from "./problem.ts";

const now = parseInstant("2026-11-22T12:00:00Z");
const later = parseInstant("2026-11-22T13:00:00Z");

function made(outcome: ReturnType<typeof newBudget>): Budget {
  if (outcome.outcome === "invalid") throw new Error(outcome.problem);
  return outcome.budget;
}
const { creation } = parseNewBudget({ scope: "team:growth", amount: 10, period: "daily" }, "bud_1");
const budget = made(newBudget(creation, { at: now, by: "t1" }));
const edit: BudgetAmendment = { kind: "update", terms: { amount: Amount.parse("20") } };

describe("entry of the audit trail", () => {
  it("shows the budget before and after, and who let it through", () => {
    const note = { changeId: "chg_1", at: later, by: "t1", approvedBy: "t2", reason: "we grow" };
    const after = made(applyEdit(budget, edit, note));
    const change = { ...note, budgetId: "bud_1", kind: "update" as const, before: budget, after };
    expect(toWireBudgetChange(change)).toMatchObject({
      change_id: "chg_1",
      at: later,
      by: "t1",
      approved_by: "t2",
      kind: "update",
      reason: "we grow",
      before: { amount: "10", revision: 1 },
      after: { amount: "20", revision: 2 },
    });
  });

  it("of a new budget has nothing before", () => {
    const change = {
      changeId: "c",
      at: now,
      by: "t1",
      budgetId: "bud_1",
      kind: "create" as const,
      after: budget,
    };
    const shown = toWireBudgetChange(change);
    for (const absent of ["before", "reason", "approved_by"]) expect(shown).not.toHaveProperty(absent);
  });
});

describe("proposal", () => {
  const proposal: BudgetProposal = {
    proposalId: "prp_1",
    budgetId: "bud_1",
    scope: budget.scope,
    edit,
    proposedAt: now,
    proposedBy: "t1",
    revision: 1,
    amountBefore: Amount.parse("10"),
    amountAfter: Amount.parse("20"),
    state: "pending",
  };

  it("shows what would become of the amount, and then what was decided", () => {
    const shown = {
      proposal_id: "prp_1",
      budget_id: "bud_1",
      scope: "team:growth",
      state: "pending",
      kind: "update",
      amount_before: "10",
      amount_after: "20",
      changes: { amount: "20" },
      proposed_at: now,
      proposed_by: "t1",
    };
    expect(toWireProposal(proposal)).toEqual(shown);
    const decided = { state: "rejected", decidedAt: later, decidedBy: "t2", decisionReason: "no" } as const;
    expect(toWireProposal({ ...proposal, ...decided })).toEqual({
      ...shown,
      state: "rejected",
      decided_at: later,
      decided_by: "t2",
      decision_reason: "no",
    });
  });

  it("of an increase shows how long it would last", () => {
    const increase = { increaseId: "inc_1", amount: Amount.parse("10"), from: now, until: later, by: "t1" };
    const ofIncrease = { kind: "increase" as const, increase: { ...increase, reason: "launch" } };
    const shown = toWireProposal({ ...proposal, edit: ofIncrease });
    expect(shown).toMatchObject({ kind: "increase", from: now, until: later });
    expect(shown).not.toHaveProperty("changes");
  });

  it.each<[object, string]>([
    [{ state: "open" }, "state"],
    [{ limit: "501" }, "limit"],
    [{ by: "me" }, "by"],
  ])("is not asked for by %j", (query, field) => {
    expect(errorsOf(() => parseOrProblem(proposalListSchema, query)).map((error) => error.field)).toEqual([
      field,
    ]);
  });

  it("is decided with a reason or none", () => {
    expect(parseOrProblem(decisionSchema, {})).toEqual({});
    expect(errorsOf(() => parseOrProblem(decisionSchema, { reason: 5 }))).toEqual([
      { field: "reason", message: "must be a string" },
    ]);
  });
});
