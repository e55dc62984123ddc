import { Amount, type BudgetAmendment, type BudgetProposal, parseScope, plusMs } from "@ai-usage/core";
import {
  activeBudgetsOf,
  approveProposal,
  createBudget,
  createProposal,
  editBudget,
  findBudget,
  findProposal,
  listBudgetChanges,
  listProposals,
  rejectProposal,
} from "@ai-usage/store";
import { describe, expect, it } from "vitest";
import { aNewBudget, aNote, at, plain } from "../support/budgets.ts";
import { type TestTable, withTable } from "../support/engine.ts";

const now = at("2026-11-21T13:00:00Z");
const raise = (amount: string): BudgetAmendment => ({
  kind: "update",
  terms: { amount: Amount.parse(amount), rollover: null, contact: "ops" },
});
const increase: BudgetAmendment = {
  kind: "increase",
  increase: {
    increaseId: "inc_1",
    amount: Amount.parse("75"),
    from: now,
    until: plusMs(now, 3_600_000),
    by: "token_1",
    reason: "launch",
  },
};

let proposals = 0;
/** A budget, and what token_1 proposes for it. */
async function propose(table: TestTable, edit: BudgetAmendment = raise("500")) {
  proposals += 1;
  const budget = aNewBudget({ rollover: { cap: Amount.parse("10") } });
  await createBudget(table, budget, aNote("created", { at: budget.createdAt }));
  const proposal = await createProposal(table, budget, {
    proposalId: `pro_${proposals}`,
    edit,
    reason: "we grow",
    at: plusMs(now, proposals),
    by: "token_1",
  });
  return { budget, proposal, proposalId: proposal.proposalId };
}
const approve = (table: TestTable, { proposalId }: { proposalId: string }, by = "token_2", ms = 60_000) =>
  approveProposal(table, proposalId, aNote(`chg_${proposalId}_${by}`, { at: plusMs(now, ms), by }));

describe("proposal", () => {
  it("waits as it was made, and changes nothing meanwhile", async () => {
    await withTable(async (table) => {
      for (const edit of [raise("500"), increase]) {
        const { budget, proposal, proposalId } = await propose(table, edit);
        expect(plain(proposal)).toMatchObject({
          budgetId: budget.budgetId,
          scope: "team:growth",
          proposedBy: "token_1",
          revision: 1,
          amountBefore: "100",
          amountAfter: edit === increase ? "175" : "500",
          state: "pending",
        });
        expect(plain(await findProposal(table, proposalId))).toEqual(plain(proposal));
        expect(plain(await findBudget(table, budget.budgetId))).toEqual(plain(budget));
      }
      expect(await findProposal(table, "pro_none")).toBeUndefined();
    });
  });

  it("takes effect when a second person approves it, and the audit trail names both", async () => {
    await withTable(async (table) => {
      const proposed = await propose(table);
      const outcome = await approve(table, proposed);
      expect(outcome).toMatchObject({
        outcome: "approved",
        proposal: { state: "approved", decidedBy: "token_2", decidedAt: plusMs(now, 60_000) },
        budget: { revision: 2, contact: "ops", rollover: undefined },
      });
      const found = await findBudget(table, proposed.budget.budgetId);
      expect(found?.amount.toString()).toBe("500");
      expect(plain(await activeBudgetsOf(table, [proposed.budget.scope]))).toEqual([plain(found)]);
      const [change] = (await listBudgetChanges(table, proposed.budget.budgetId, { limit: 1 })).items;
      expect(change).toMatchObject({
        by: "token_1",
        approvedBy: "token_2",
        reason: "we grow",
        kind: "update",
      });
      expect(found?.amounts.at(-1)).toMatchObject({ approved: true });
    });
  });

  it("is not approved by who made it, who may withdraw it", async () => {
    await withTable(async (table) => {
      const proposed = await propose(table);
      expect(await approve(table, proposed, "token_1")).toMatchObject({ outcome: "own" });
      expect((await findProposal(table, proposed.proposalId))?.state).toBe("pending");
      const note = { at: plusMs(now, 60_000), by: "token_1" };
      expect(await rejectProposal(table, proposed.proposalId, note)).toMatchObject({
        outcome: "withdrawn",
        proposal: { state: "withdrawn" },
      });
      expect(await approve(table, proposed)).toMatchObject({ outcome: "decided" });
      expect(plain(await findBudget(table, proposed.budget.budgetId))).toEqual(plain(proposed.budget));
    });
  });

  it("is rejected by another, with a reason, for good", async () => {
    await withTable(async (table) => {
      const { proposalId } = await propose(table);
      const note = { at: plusMs(now, 60_000), by: "token_2", reason: "not this year" };
      expect(await rejectProposal(table, proposalId, note)).toMatchObject({ outcome: "rejected" });
      expect(await rejectProposal(table, proposalId, { ...note, by: "token_1" })).toMatchObject({
        outcome: "decided",
        proposal: { state: "rejected", decidedBy: "token_2", decisionReason: "not this year" },
      });
      expect(await rejectProposal(table, "pro_none", note)).toEqual({ outcome: "unknown" });
      expect(await approve(table, { proposalId: "pro_none" })).toEqual({ outcome: "unknown" });
    });
  });

  it("is outdated when the limit has changed since, and not when the name has", async () => {
    await withTable(async (table) => {
      const [renamed, lowered] = [await propose(table), await propose(table)];
      const edit = (id: string, terms: object) =>
        editBudget(table, id, { kind: "update", terms }, aNote(`${id}.edit`, { at: plusMs(now, 1_000) }));
      await edit(renamed.budget.budgetId, { name: "other" });
      expect(await approve(table, renamed)).toMatchObject({ outcome: "approved", budget: { name: "other" } });
      await edit(lowered.budget.budgetId, { amount: Amount.parse("5") });
      expect(await approve(table, lowered)).toMatchObject({
        outcome: "outdated",
        proposal: { state: "outdated", decidedBy: "token_2" },
      });
      expect((await findBudget(table, lowered.budget.budgetId))?.amount.toString()).toBe("5");
      expect(await approve(table, lowered)).toMatchObject({ outcome: "decided" });
    });
  });

  it("of an increase is outdated once its time is over", async () => {
    await withTable(async (table) => {
      const [late, inTime] = [await propose(table, increase), await propose(table, increase)];
      expect(await approve(table, late, "token_2", 3_600_000)).toMatchObject({ outcome: "outdated" });
      expect(await approve(table, inTime, "token_2", 3_599_999)).toMatchObject({
        outcome: "approved",
        budget: { increases: [{ from: plusMs(now, 3_599_999), until: plusMs(now, 3_600_000) }] },
      });
    });
  });

  it("is decided once, however many approve and reject it at the same time", async () => {
    await withTable(async (table) => {
      const { budget, proposalId } = await propose(table);
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, index) => {
          const by = `token_${index + 2}`;
          return index % 2 === 0
            ? approve(table, { proposalId }, by)
            : rejectProposal(table, proposalId, { at: plusMs(now, 60_000), by });
        }),
      );
      const effective = outcomes.filter(({ outcome }) => outcome !== "decided");
      expect(effective).toHaveLength(1);
      const proposal = await findProposal(table, proposalId);
      expect(effective[0]?.outcome).toBe(proposal?.state);
      const approved = proposal?.state === "approved";
      expect((await findBudget(table, budget.budgetId))?.revision).toBe(approved ? 2 : 1);
      const changes = await listBudgetChanges(table, budget.budgetId, { limit: 50 });
      expect(changes.items).toHaveLength(approved ? 2 : 1);
    });
  });

  it("is applied once, however many approve it and others of its budget at the same time", async () => {
    await withTable(async (table) => {
      const { budget, proposalId } = await propose(table);
      const others = await Promise.all(
        Array.from({ length: 4 }, (_, index) =>
          createProposal(table, budget, {
            proposalId: `pro_other_${index}`,
            edit: raise(String(600 + index)),
            at: now,
            by: "token_1",
          }),
        ),
      );
      const all = [proposalId, ...others.map((other) => other.proposalId)];
      const outcomes = await Promise.all(all.map((id) => approve(table, { proposalId: id })));
      expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual([
        "approved",
        ...Array(4).fill("outdated"),
      ]);
      expect((await findBudget(table, budget.budgetId))?.revision).toBe(2);
    });
  });

  it("is listed by state, scope and budget, the newest first", async () => {
    await withTable(async (table) => {
      const made = [await propose(table), await propose(table), await propose(table)];
      const [first, second, third] = made.map(({ proposalId }) => proposalId);
      await rejectProposal(table, second ?? "", { at: now, by: "token_2" });
      const ids = async (filter: object) =>
        (await listProposals(table, { limit: 10, ...filter })).items.map(
          ({ proposalId }: BudgetProposal) => proposalId,
        );
      expect(await ids({})).toEqual([third, second, first]);
      expect(await ids({ state: "pending" })).toEqual([third, first]);
      expect(await ids({ state: "rejected" })).toEqual([second]);
      expect(await ids({ budgetId: made[0]?.budget.budgetId })).toEqual([first]);
      expect(await ids({ scopes: [parseScope("team:other")] })).toEqual([]);
    });
  });
});
