import { createHash } from "node:crypto";
import type { Budget, BudgetTerms } from "./budget.ts";
import type { TermsUpdate } from "./budget-change.ts";
import type { BudgetTemplate } from "./budget-template.ts";
import { orderedThresholds } from "./budget-terms.ts";
import { hasSameJson } from "./same-json.ts";

/** Budgets and templates that are kept in a file. What the file no longer names is ended. */
export interface BudgetSet {
  readonly name: string;
  readonly budgets: readonly KeyedBudget[];
  readonly templates: readonly KeyedTemplate[];
}

/** `key` names it within the set, for as long as it is the same one to people. */
export interface KeyedBudget {
  readonly key: string;
  readonly terms: BudgetTerms;
}

export interface KeyedTemplate extends Pick<BudgetTemplate, "pattern" | "terms"> {
  readonly key: string;
}

/** What a plan has to know of a budget that there is. */
export type ExistingBudget = BudgetTerms & Pick<Budget, "budgetId" | "active" | "managedBy" | "managedKey">;
export type ExistingTemplate = Pick<
  BudgetTemplate,
  "templateId" | "pattern" | "terms" | "active" | "managedBy" | "managedKey"
>;

/** Terms that a budget may be given anew. */
export const changeableTerms = [
  "name",
  "amount",
  "thresholds",
  "enforcement",
  "failMode",
  "rollover",
  "spike",
  "contact",
  "metadata",
] as const satisfies readonly (keyof TermsUpdate)[];
export type ChangeableTerm = (typeof changeableTerms)[number];

/** Terms that make a budget another one: it is replaced. */
export const fixedTerms = ["scope", "unit", "period", "calendar"] as const satisfies readonly Exclude<
  keyof BudgetTerms,
  ChangeableTerm
>[];
export type FixedTerm = (typeof fixedTerms)[number];

/** What is to become of one budget. `changed` names the terms that differ from what there is. */
export type BudgetStep =
  | { readonly kind: "create"; readonly key: string; readonly terms: BudgetTerms }
  | {
      readonly kind: "replace";
      readonly key: string;
      readonly terms: BudgetTerms;
      readonly former: ExistingBudget;
      readonly changed: readonly (FixedTerm | ChangeableTerm)[];
    }
  | {
      /** `reactivate`: somebody deactivated it. */
      readonly kind: "update" | "reactivate";
      readonly key: string;
      readonly terms: BudgetTerms;
      readonly budget: ExistingBudget;
      readonly changed: readonly ChangeableTerm[];
    }
  | { readonly kind: "deactivate"; readonly key: string; readonly budget: ExistingBudget }
  | { readonly kind: "unchanged"; readonly key: string; readonly budget: ExistingBudget };

/** What is to become of one template. A template that changes counts for scopes that are first seen from then on. */
export type TemplateStep =
  | { readonly kind: "create"; readonly template: KeyedTemplate }
  | {
      readonly kind: "update" | "reactivate";
      readonly template: KeyedTemplate;
      readonly existing: ExistingTemplate;
      readonly changed: readonly ("pattern" | FixedTerm | ChangeableTerm)[];
    }
  | { readonly kind: "deactivate" | "unchanged"; readonly existing: ExistingTemplate };

export interface BudgetPlan {
  readonly managedBy: string;
  readonly budgets: readonly BudgetStep[];
  readonly templates: readonly TemplateStep[];
}

/** What keeps the budgets of a set as they are: `code:<name>`. */
export function managerOfSet({ name }: Pick<BudgetSet, "name">): string {
  return `code:${name}`;
}

/** Of one manager, key and kind of budget there is one budget, however many make it at once. */
export function managedBudgetId(managedBy: string, key: string, terms: BudgetTerms): string {
  const { scope, unit, period, calendar } = comparable(terms);
  return `bud_${hashOf([managedBy, key, scope, unit, period, calendar])}`;
}

export function managedTemplateId(managedBy: string, key: string): string {
  return `tpl_${hashOf([managedBy, key])}`;
}

const hashOf = (parts: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);

/**
 * What has to change so that the budgets and templates of a set are as it says.
 *
 * @param existing all that the set manages, those that are not active too; others are left out of account
 */
export function planBudgets(
  set: BudgetSet,
  existing: {
    readonly budgets: readonly ExistingBudget[];
    readonly templates: readonly ExistingTemplate[];
  },
): BudgetPlan {
  const managedBy = managerOfSet(set);
  const budgets = existing.budgets.filter((one) => one.managedBy === managedBy);
  const templates = existing.templates.filter((one) => one.managedBy === managedBy);
  return { managedBy, budgets: planOfBudgets(set, budgets), templates: planOfTemplates(set, templates) };
}

function planOfBudgets(set: BudgetSet, existing: readonly ExistingBudget[]): BudgetStep[] {
  const steps = set.budgets.map((wanted) => stepFor(wanted, existing));
  const kept = new Set(steps.flatMap(budgetOfStep));
  const left = existing.filter((budget) => budget.active && !kept.has(budget));
  return [
    ...steps,
    ...left.map((budget) => ({ kind: "deactivate" as const, key: budget.managedKey ?? "", budget })),
  ];
}

/** The budget that a step is about, so that it is not ended beside it. */
function budgetOfStep(step: BudgetStep): ExistingBudget[] {
  switch (step.kind) {
    case "create":
      return [];
    case "replace":
      return [step.former];
    case "update":
    case "reactivate":
    case "deactivate":
    case "unchanged":
      return [step.budget];
    default:
      return step satisfies never;
  }
}

function stepFor({ key, terms }: KeyedBudget, existing: readonly ExistingBudget[]): BudgetStep {
  const ofKey = existing.filter(({ managedKey }) => managedKey === key);
  const alike = ofKey.filter((budget) => changedTerms(fixedTerms, budget, terms).length === 0);
  const budget = alike.find(({ active }) => active) ?? alike[0];
  if (budget) {
    const changed = changedTerms(changeableTerms, budget, terms);
    if (!budget.active) return { kind: "reactivate", key, terms, budget, changed };
    return changed.length === 0
      ? { kind: "unchanged", key, budget }
      : { kind: "update", key, terms, budget, changed };
  }
  const former = ofKey.find(({ active }) => active);
  if (!former) return { kind: "create", key, terms };
  const changed = changedTerms([...fixedTerms, ...changeableTerms], former, terms);
  return { kind: "replace", key, terms, former, changed };
}

function planOfTemplates(set: BudgetSet, existing: readonly ExistingTemplate[]): TemplateStep[] {
  const keys = new Set(set.templates.map(({ key }) => key));
  const left = existing.filter(({ active, managedKey }) => active && !keys.has(managedKey ?? ""));
  return [
    ...set.templates.map((template) => templateStepFor(template, existing)),
    ...left.map((one) => ({ kind: "deactivate" as const, existing: one })),
  ];
}

function templateStepFor(template: KeyedTemplate, all: readonly ExistingTemplate[]): TemplateStep {
  const existing = all.find(({ managedKey }) => managedKey === template.key);
  if (!existing) return { kind: "create", template };
  const terms = ["unit", "period", "calendar", ...changeableTerms] as const;
  const changed = [
    ...(existing.pattern === template.pattern ? [] : (["pattern"] as const)),
    ...changedTerms(terms, existing.terms, template.terms),
  ];
  if (!existing.active) return { kind: "reactivate", template, existing, changed };
  return changed.length === 0
    ? { kind: "unchanged", existing }
    : { kind: "update", template, existing, changed };
}

type SomeTerms = Omit<BudgetTerms, "scope"> & Partial<Pick<BudgetTerms, "scope">>;

function changedTerms<Term extends keyof BudgetTerms>(
  among: readonly Term[],
  before: SomeTerms,
  after: SomeTerms,
): Term[] {
  const [was, is] = [comparable(before), comparable(after)];
  return among.filter((term) => !hasSameJson(was[term], is[term]));
}

/** With what is the same said in one way. */
function comparable(terms: SomeTerms): SomeTerms {
  const { timeZone, weekStartsOn = "monday", yearStartsIn = 1 } = terms.calendar;
  return {
    ...terms,
    calendar: { timeZone, weekStartsOn, yearStartsIn },
    thresholds: orderedThresholds(terms.thresholds, terms.amount),
  };
}
