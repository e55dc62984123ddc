import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Amount, type Budget, type BudgetTerms } from "./budget.ts";
import { applyEdit, newBudget } from "./budget-edit.ts";
import { type BudgetSet, type KeyedBudget, managedBudgetId, planBudgets } from "./budget-plan.ts";
import { type BudgetSetEdit, editsOfPlan } from "./budget-plan-edits.ts";
import { aBudget } from "./fixtures.ts";
import { parseScope, type Scope } from "./scope.ts";
import { parseInstant } from "./time.ts";

const NOW = parseInstant("2026-11-22T12:00:00Z");

function terms(given: Partial<BudgetTerms> = {}): BudgetTerms {
  const { name, scope, unit, amount, period, calendar, thresholds, enforcement, failMode } = aBudget();
  const base = { name, scope, unit, amount, period, calendar, thresholds, enforcement, failMode };
  return { ...base, metadata: {}, ...given };
}

const setOf = (...budgets: readonly KeyedBudget[]): BudgetSet => ({ name: "prod", budgets, templates: [] });

const managed = (key: string, given: Partial<Budget> = {}): Budget =>
  aBudget({ budgetId: `bud_${key}`, managedBy: "code:prod", managedKey: key, ...given });

function kinds(set: BudgetSet, ...budgets: readonly Budget[]): string[] {
  return planBudgets(set, { budgets, templates: [] }).budgets.map(({ kind, key }) => `${kind} ${key}`);
}

describe("plan of budgets", () => {
  it("creates what is not there, and ends what is no longer in the file", () => {
    expect(kinds(setOf({ key: "new", terms: terms() }), managed("old"))).toEqual([
      "create new",
      "deactivate old",
    ]);
  });

  it("leaves alone what others made, and what has been ended", () => {
    const others = aBudget({ managedBy: "code:staging", managedKey: "a" });
    expect(kinds(setOf(), aBudget(), others, managed("old", { active: false }))).toEqual([]);
  });

  it("finds nothing to do where the same is said in another way", () => {
    const calendar = { timeZone: "UTC", weekStartsOn: "monday", yearStartsIn: 1 } as const;
    const thresholds = aBudget().thresholds.toReversed();
    const amount = Amount.parse("100.00");
    const wanted = { key: "a", terms: terms({ calendar, thresholds, amount, rollover: undefined }) };
    expect(kinds(setOf(wanted), managed("a"))).toEqual(["unchanged a"]);
  });

  it("changes only what differs, and ends what a budget is to go without", () => {
    const budget = managed("a", { contact: "ops", rollover: { cap: Amount.parse("10") } });
    const plan = planBudgets(setOf({ key: "a", terms: terms({ name: "Growth" }) }), {
      budgets: [budget],
      templates: [],
    });
    expect(editsOfPlan(plan)).toEqual([
      {
        kind: "amend",
        key: "a",
        budgetId: "bud_a",
        amendment: { kind: "update", terms: { name: "Growth", rollover: null, contact: null } },
      },
    ]);
  });

  it("replaces a budget whose period, zone, unit or scope is another one", () => {
    for (const other of [
      { period: "weekly" },
      { calendar: { timeZone: "Europe/Berlin" } },
      { unit: "tokens" },
      { scope: parseScope("team:sales") },
    ] as const) {
      const plan = planBudgets(setOf({ key: "a", terms: terms(other) }), {
        budgets: [managed("a")],
        templates: [],
      });
      expect(plan.budgets).toMatchObject([{ kind: "replace", changed: Object.keys(other) }]);
      expect(editsOfPlan(plan)).toMatchObject([
        { kind: "create", managedBy: "code:prod", managedKey: "a" },
        { kind: "amend", budgetId: "bud_a", amendment: { kind: "deactivate" } },
      ]);
    }
  });

  it("takes up again what was deactivated by hand, with the terms of the file", () => {
    const ended = managed("a", { active: false, amount: Amount.parse("5") });
    const plan = planBudgets(setOf({ key: "a", terms: terms() }), { budgets: [ended], templates: [] });
    expect(plan.budgets).toMatchObject([{ kind: "reactivate", changed: ["amount"] }]);
    expect(
      editsOfPlan(plan).map((edit) => (edit.kind === "amend" ? edit.amendment.kind : edit.kind)),
    ).toEqual(["update", "reactivate"]);
  });

  it("goes back to the budget of a former period, and ends the one that took its place", () => {
    const monthly = managed("a", { budgetId: "bud_monthly", active: false });
    const weekly = managed("a", { budgetId: "bud_weekly", period: "weekly" });
    expect(kinds(setOf({ key: "a", terms: terms() }), monthly, weekly)).toEqual([
      "reactivate a",
      "deactivate a",
    ]);
  });

  it("has one id for a budget of one key and kind, whatever its amount", () => {
    const id = managedBudgetId("code:prod", "a", terms());
    expect(managedBudgetId("code:prod", "a", terms({ amount: Amount.parse("7"), name: "x" }))).toBe(id);
    expect(managedBudgetId("code:prod", "b", terms())).not.toBe(id);
    expect(managedBudgetId("code:prod", "a", terms({ period: "daily" }))).not.toBe(id);
  });
});

describe("plan of templates", () => {
  const { scope: _, ...templateTerms } = terms({ name: "{value}" });
  const template = { key: "users", pattern: "user:*", terms: templateTerms };
  const existing = {
    templateId: "tpl_1",
    pattern: "user:*",
    terms: templateTerms,
    active: true,
    managedBy: "code:prod",
    managedKey: "users",
  };
  const planOf = (...templates: (typeof existing)[]) =>
    planBudgets({ ...setOf(), templates: [template] }, { budgets: [], templates });

  it("creates, changes, takes up again and ends them", () => {
    expect(planOf().templates).toMatchObject([{ kind: "create" }]);
    expect(planOf(existing).templates).toMatchObject([{ kind: "unchanged" }]);
    expect(planOf({ ...existing, pattern: "user:eu-*" }).templates).toMatchObject([
      { kind: "update", changed: ["pattern"] },
    ]);
    expect(planOf({ ...existing, active: false }).templates).toMatchObject([{ kind: "reactivate" }]);
    const ended = planBudgets(setOf(), { budgets: [], templates: [existing] });
    expect(editsOfPlan(ended)).toEqual([{ kind: "deactivate_template", key: "users", templateId: "tpl_1" }]);
  });

  it("changes one in its own place: budgets that it made are not made again", () => {
    const plan = planOf({ ...existing, terms: { ...templateTerms, amount: Amount.parse("5") } });
    expect(editsOfPlan(plan)).toMatchObject([{ kind: "put_template", templateId: "tpl_1", template }]);
  });
});

/** Makes an edit of budgets as a deployment does. */
function apply(edit: BudgetSetEdit, budgets: Map<string, Budget>): void {
  if (edit.kind === "create") {
    const made = newBudget(edit, { at: NOW, by: "token_1" });
    if (made.outcome === "invalid" || budgets.has(edit.budgetId)) throw new Error(`refused ${edit.budgetId}`);
    budgets.set(edit.budgetId, made.budget);
  } else if (edit.kind === "amend") {
    const before = budgets.get(edit.budgetId);
    if (!before) throw new Error(`there is no ${edit.budgetId}`);
    const edited = applyEdit(before, edit.amendment, { changeId: "c", at: NOW, by: "token_1" });
    if (edited.outcome === "invalid") throw new Error(edited.problem);
    budgets.set(edit.budgetId, edited.budget);
  }
}

const activeScopes = (budgets: Iterable<Budget>): Set<Scope> =>
  new Set([...budgets].filter(({ active }) => active).map(({ scope }) => scope));

const anySet: fc.Arbitrary<BudgetSet> = fc
  .uniqueArray(
    fc.record({
      key: fc.constantFrom("a", "b", "c"),
      terms: fc
        .record({
          scope: fc.constantFrom(
            parseScope("team:growth"),
            parseScope("team:sales"),
            parseScope("global:all"),
          ),
          period: fc.constantFrom("daily" as const, "monthly" as const),
          amount: fc.constantFrom(Amount.parse("1"), Amount.parse("20")),
          enforcement: fc.constantFrom("soft" as const, "hard" as const),
          contact: fc.constantFrom(undefined, "ops"),
          rollover: fc.constantFrom(undefined, { cap: Amount.parse("3") }),
        })
        .map(terms),
    }),
    { selector: ({ key }) => key },
  )
  .map((budgets) => setOf(...budgets));

const byHand = fc.array(
  fc.record({ at: fc.nat(5), kind: fc.constantFrom("deactivate" as const, "reactivate" as const) }),
  { maxLength: 3 },
);

describe("applying a plan", () => {
  it("leaves nothing to do, whatever was there, and no scope without its budget on the way", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anySet, byHand), { minLength: 1, maxLength: 4 }), (history) => {
        const budgets = new Map<string, Budget>();
        const plan = (set: BudgetSet) => planBudgets(set, { budgets: [...budgets.values()], templates: [] });
        for (const [set, hands] of history) {
          const before = activeScopes(budgets.values());
          const after = new Set(set.budgets.map(({ terms: { scope } }) => scope));
          for (const edit of editsOfPlan(plan(set))) {
            apply(edit, budgets);
            const now = activeScopes(budgets.values());
            for (const scope of before) if (after.has(scope)) expect(now).toContain(scope);
          }
          expect(editsOfPlan(plan(set))).toEqual([]);
          expect(activeScopes(budgets.values())).toEqual(after);
          for (const { at, kind } of hands) {
            const budget = [...budgets.values()][at];
            if (budget)
              apply({ kind: "amend", key: "", budgetId: budget.budgetId, amendment: { kind } }, budgets);
          }
        }
      }),
    );
  });
});
