import type { BudgetTerms } from "./budget.ts";
import type { BudgetAmendment, BudgetCreation, TermsUpdate } from "./budget-change.ts";
import {
  type BudgetPlan,
  type BudgetStep,
  type ChangeableTerm,
  type KeyedTemplate,
  managedBudgetId,
  managedTemplateId,
} from "./budget-plan.ts";

/** One change that brings budgets or templates nearer to what a plan wants. */
export type BudgetSetEdit =
  | (BudgetCreation & { readonly managedBy: string; readonly managedKey: string })
  | {
      readonly kind: "amend";
      readonly key: string;
      readonly budgetId: string;
      readonly amendment: Extract<BudgetAmendment, { kind: "update" | "reactivate" | "deactivate" }>;
    }
  | {
      /** Made, or in the place of what has its id. */
      readonly kind: "put_template";
      readonly templateId: string;
      readonly template: KeyedTemplate;
      readonly managedBy: string;
    }
  | { readonly kind: "deactivate_template"; readonly key: string; readonly templateId: string };

/**
 * The edits of a plan in the order to make them: what is new comes before what it takes the place of ends, so that no
 * scope is without its budget meanwhile. Cut off anywhere, the rest is what the next plan has.
 */
export function editsOfPlan(plan: BudgetPlan): BudgetSetEdit[] {
  const { managedBy } = plan;
  const budgets = plan.budgets.map((step) => editsOfStep(step, managedBy));
  const templates = plan.templates.map((step): BudgetSetEdit[] => {
    switch (step.kind) {
      case "create":
      case "update":
      case "reactivate": {
        const templateId =
          step.kind === "create" ? managedTemplateId(managedBy, step.template.key) : step.existing.templateId;
        return [{ kind: "put_template", templateId, template: step.template, managedBy }];
      }
      case "deactivate": {
        const { templateId, managedKey: key = "" } = step.existing;
        return [{ kind: "deactivate_template", key, templateId }];
      }
      case "unchanged":
        return [];
      default:
        return step satisfies never;
    }
  });
  const edits = [...budgets.flat(), ...templates.flat()];
  return [...edits.filter((edit) => !isEnd(edit)), ...edits.filter(isEnd)];
}

const isEnd = (edit: BudgetSetEdit): boolean =>
  edit.kind === "deactivate_template" || (edit.kind === "amend" && edit.amendment.kind === "deactivate");

function editsOfStep(step: BudgetStep, managedBy: string): BudgetSetEdit[] {
  const { key } = step;
  const amend = (budgetId: string, amendment: AmendmentOfSet): BudgetSetEdit => ({
    kind: "amend",
    key,
    budgetId,
    amendment,
  });
  switch (step.kind) {
    case "create":
      return [creationOf(step.terms, managedBy, key)];
    case "replace":
      return [creationOf(step.terms, managedBy, key), amend(step.former.budgetId, { kind: "deactivate" })];
    case "update":
    case "reactivate": {
      const { budgetId } = step.budget;
      const terms = updateTo(step.terms, step.changed);
      return [
        ...(step.changed.length > 0 ? [amend(budgetId, { kind: "update", terms })] : []),
        ...(step.kind === "reactivate" ? [amend(budgetId, { kind: "reactivate" })] : []),
      ];
    }
    case "deactivate":
      return [amend(step.budget.budgetId, { kind: "deactivate" })];
    case "unchanged":
      return [];
    default:
      return step satisfies never;
  }
}

type AmendmentOfSet = Extract<BudgetSetEdit, { kind: "amend" }>["amendment"];

function creationOf(terms: BudgetTerms, managedBy: string, managedKey: string): BudgetSetEdit {
  const budgetId = managedBudgetId(managedBy, managedKey, terms);
  return { kind: "create", budgetId, terms, managedBy, managedKey };
}

/** What a budget may go without, and is to go without, is ended. */
function updateTo(terms: BudgetTerms, changed: readonly ChangeableTerm[]): TermsUpdate {
  const { name, amount, thresholds, enforcement, failMode, metadata } = terms;
  const { rollover = null, spike = null, contact = null } = terms;
  const all = { name, amount, thresholds, enforcement, failMode, metadata, rollover, spike, contact };
  return Object.fromEntries(Object.entries(all).filter(([term]) => changed.some((one) => one === term)));
}
