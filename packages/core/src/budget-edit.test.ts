import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Amount, type Budget } from "./budget.ts";
import type { BudgetAmendment, BudgetCreation, TermsUpdate } from "./budget-change.ts";
import { applyEdit, newBudget } from "./budget-edit.ts";
import { amountAt } from "./budget-limit.ts";
import { aBudget } from "./fixtures.ts";
import { DAY_MS, type Instant, parseInstant, plusMs } from "./time.ts";

const of = (text: string) => Amount.parse(text);
const now = parseInstant("2026-11-21T12:00:00Z");
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

function edited(budget: Budget, edit: BudgetAmendment, at: Instant = now): Budget {
  const outcome = applyEdit(budget, edit, { changeId: "chg_1", at, by: "token_2" });
  if (outcome.outcome !== "edited") throw new Error(`it is ${outcome.outcome}`);
  return outcome.budget;
}
const outcomeOf = (budget: Budget, edit: BudgetAmendment) =>
  applyEdit(budget, edit, { changeId: "chg_1", at: now, by: "token_2" });
const update = (terms: TermsUpdate): BudgetAmendment => ({ kind: "update", terms });
const increase = (
  until: string,
  given: { id?: string; amount?: string; from?: string } = {},
): BudgetAmendment => ({
  kind: "increase",
  increase: {
    increaseId: given.id ?? "inc_1",
    amount: of(given.amount ?? "20"),
    from: given.from === undefined ? now : parseInstant(given.from),
    until: parseInstant(until),
    by: "token_2",
    reason: "launch",
  },
});

describe("new budget", () => {
  const creation: BudgetCreation = {
    kind: "create",
    budgetId: "bud_9",
    terms: aBudget(),
    managedBy: "code:a",
  };

  it("begins with the first revision, and knows its amount and who made it", () => {
    const terms = { ...aBudget(), rollover: { cap: of("30") } };
    const outcome = newBudget({ ...creation, terms }, { at: now, by: "token_2" });
    expect(plain(outcome)).toMatchObject({
      outcome: "edited",
      budget: {
        budgetId: "bud_9",
        active: true,
        revision: 1,
        createdAt: now,
        createdBy: "token_2",
        updatedAt: now,
        managedBy: "code:a",
        amounts: [{ from: now, amount: "100", rolloverCap: "30" }],
        increases: [],
      },
    });
  });

  it("has sound terms", () => {
    const terms = { ...aBudget(), amount: of("0") };
    expect(newBudget({ ...creation, terms }, { at: now, by: "token_2" })).toMatchObject({
      outcome: "invalid",
      field: "amount",
    });
  });
});

describe("edit of a budget", () => {
  it("of the amount is a new revision, and leaves the former one in the history", () => {
    const budget = edited(aBudget(), update({ amount: of("250") }));
    expect(budget.revision).toBe(2);
    expect(budget.amount.toString()).toBe("250");
    expect(budget.updatedAt).toBe(now);
    expect(plain(budget.amounts)).toEqual([
      { from: "2026-11-01T00:00:00.000Z", amount: "100" },
      { from: now, amount: "250" },
    ]);
    expect(amountAt(budget, plusMs(now, -1)).toString()).toBe("100");
    expect(amountAt(budget, now).toString()).toBe("250");
  });

  it.each<[string, TermsUpdate, number]>([
    ["thresholds", { thresholds: aBudget().thresholds.slice(1) }, 2],
    ["rollover", { rollover: { cap: of("10") } }, 2],
    ["name", { name: "other" }, 1],
    ["metadata", { metadata: { cost_center: "7" } }, 1],
    ["enforcement", { enforcement: "hard" }, 1],
    ["contact", { contact: "finance" }, 1],
  ])("of its %s changes the revision where alerts depend on it", (_, terms, revision) => {
    expect(edited(aBudget(), update(terms)).revision).toBe(revision);
  });

  it("ends what is null, and leaves alone what is not given", () => {
    const budget = aBudget({
      contact: "finance",
      rollover: { cap: of("10") },
      spike: { times: "3", atLeast: of("1") },
    });
    expect(edited(budget, update({ name: "other" }))).toMatchObject({ contact: "finance" });
    const ended = edited(budget, update({ contact: null, rollover: null, spike: null }));
    expect([ended.contact, ended.rollover, ended.spike]).toEqual([undefined, undefined, undefined]);
    expect(plain(ended.amounts.at(-1))).toEqual({ from: now, amount: "100" });
    expect(edited(budget, update({ name: "x", amount: undefined })).amount.toString()).toBe("100");
  });

  it("that says what is so already changes nothing", () => {
    const budget = aBudget({ metadata: { a: "1", b: "2" } });
    for (const edit of [
      update({ amount: of("100.00"), name: "growth" }),
      update({ metadata: { b: "2", a: "1" }, rollover: null }),
      update({ thresholds: [...budget.thresholds].reverse() }),
      { kind: "reactivate" } as const,
    ])
      expect(outcomeOf(budget, edit)).toEqual({ outcome: "unchanged", budget });
  });

  it("that makes no sense names the field, and leaves the budget as it was", () => {
    expect(outcomeOf(aBudget(), update({ amount: of("0") }))).toMatchObject({
      outcome: "invalid",
      field: "amount",
    });
    const hourly = aBudget({ period: "hourly" });
    expect(outcomeOf(hourly, update({ rollover: { cap: of("1") } }))).toMatchObject({
      outcome: "invalid",
      field: "rollover",
    });
    expect(outcomeOf(aBudget(), { kind: "end_increase", increaseId: "none" })).toMatchObject({
      outcome: "invalid",
      field: "increaseId",
    });
  });

  it("puts thresholds in the order that the amount gives them", () => {
    const thresholds = [
      { at: { amount: of("40") }, on: "actual", level: "INFO" },
      { at: { percent: "50" }, on: "actual", level: "INFO" },
    ] as const;
    const budget = aBudget({ thresholds });
    const smaller = edited(budget, update({ amount: of("60") }));
    expect(smaller.thresholds.map(({ at }) => ("percent" in at ? at.percent : `${at.amount}`))).toEqual([
      "50",
      "40",
    ]);
  });

  it("follows the one before it by a millisecond at least, whatever the clocks say", () => {
    const first = edited(aBudget(), update({ name: "a" }), now);
    const second = edited(first, update({ amount: of("5") }), plusMs(now, -5000));
    expect(second.updatedAt).toBe(plusMs(now, 1));
    expect(second.amounts.at(-1)?.from).toBe(plusMs(now, 1));
  });

  it("keeps 200 former amounts at most, in order of time", () => {
    let budget = aBudget();
    for (let count = 1; count <= 250; count++)
      budget = edited(budget, update({ amount: of(String(100 + count)) }), plusMs(now, count));
    expect(budget.amounts).toHaveLength(200);
    expect(budget.amounts.at(-1)?.amount.toString()).toBe("350");
    expect(budget.amounts[0]?.amount.toString()).toBe("151");
    expect(budget.revision).toBe(251);
  });

  it("deactivates and reactivates without a new revision", () => {
    const ended = edited(aBudget(), { kind: "deactivate" });
    expect(ended).toMatchObject({ active: false, revision: 1 });
    expect(outcomeOf(ended, { kind: "deactivate" }).outcome).toBe("unchanged");
    expect(edited(ended, { kind: "reactivate" })).toMatchObject({ active: true, revision: 1 });
  });
});

describe("temporary increase", () => {
  it("is a new revision, and so is its end", () => {
    const raised = edited(aBudget(), increase("2026-11-23T00:00:00Z"));
    expect(raised).toMatchObject({ revision: 2, increases: [{ from: now }] });
    const ended = edited(raised, { kind: "end_increase", increaseId: "inc_1" }, plusMs(now, 1000));
    expect(ended).toMatchObject({ revision: 3, increases: [{ from: now, until: plusMs(now, 1000) }] });
    expect(
      applyEdit(
        ended,
        { kind: "end_increase", increaseId: "inc_1" },
        { changeId: "c", at: plusMs(now, 9000), by: "t" },
      ).outcome,
    ).toBe("unchanged");
  });

  it("that has not begun ends without ever having counted", () => {
    const planned = edited(aBudget(), increase("2026-11-25T00:00:00Z", { from: "2026-11-24T00:00:00Z" }));
    const [ended] = edited(planned, { kind: "end_increase", increaseId: "inc_1" }, plusMs(now, 5)).increases;
    expect(ended).toMatchObject({ from: plusMs(now, 5), until: plusMs(now, 5) });
  });

  it("does not begin before it is made", () => {
    const early = increase("2026-11-25T00:00:00Z", { from: "2026-11-01T00:00:00Z" });
    expect(edited(aBudget(), early).increases[0]?.from).toBe(now);
    expect(
      outcomeOf(aBudget(), increase("2026-11-21T12:00:00Z", { from: "2026-11-01T00:00:00Z" })),
    ).toMatchObject({
      outcome: "invalid",
      field: "until",
    });
  });

  it("is forgotten when it has been over for 400 days, at the next edit", () => {
    const raised = edited(aBudget(), increase("2026-11-22T12:00:00Z"));
    const within = edited(raised, update({ name: "x" }), plusMs(now, 401 * DAY_MS));
    expect(within.increases).toHaveLength(1);
    expect(edited(raised, update({ name: "x" }), plusMs(now, 401 * DAY_MS + 1)).increases).toEqual([]);
  });

  it("is one of 100 at most", () => {
    let budget = aBudget();
    for (let count = 0; count < 100; count++)
      budget = edited(budget, increase("2026-11-23T00:00:00Z", { id: `inc_${count}` }));
    expect(outcomeOf(budget, increase("2026-11-23T00:00:00Z", { id: "more" }))).toMatchObject({
      outcome: "invalid",
      field: "increaseId",
    });
  });
});

const edits: fc.Arbitrary<BudgetAmendment> = fc.oneof(
  fc.nat(5).map((amount) => update({ amount: of(String(amount)) })),
  fc
    .option(fc.nat(3), { nil: null })
    .map((cap) => update({ rollover: cap === null ? null : { cap: of(String(cap)) } })),
  fc.constantFrom("a", "b").map((name) => update({ name })),
  fc.constantFrom("1", "2").map((id) => increase("2026-11-23T00:00:00Z", { id })),
  fc.constantFrom("1", "2").map((increaseId) => ({ kind: "end_increase", increaseId }) as const),
  fc.constantFrom("deactivate", "reactivate").map((kind) => ({ kind }) as const),
);

describe("any edits of a budget", () => {
  it("leave its amounts, its revision and its time in step", () => {
    fc.assert(
      fc.property(fc.array(edits, { maxLength: 30 }), (all) => {
        let budget = aBudget();
        for (const edit of all) {
          const outcome = outcomeOf(budget, edit);
          if (outcome.outcome !== "edited") continue;
          const after = outcome.budget;
          const last = after.amounts.at(-1);
          expect(last?.amount.toString()).toBe(after.amount.toString());
          expect(last?.rolloverCap?.toString()).toBe(after.rollover?.cap.toString());
          expect(after.updatedAt > budget.updatedAt).toBe(true);
          const limitChanged =
            after.amounts !== budget.amounts ||
            JSON.stringify(after.increases) !== JSON.stringify(budget.increases);
          expect(after.revision - budget.revision).toBe(limitChanged ? 1 : 0);
          budget = after;
        }
        const stamps = budget.amounts.map(({ from }) => from);
        expect(stamps).toEqual([...new Set(stamps)].sort());
      }),
      { numRuns: 300 },
    );
  });
});
