import type { Budget, BudgetChange } from "@ai-usage/client";
import { type BudgetPlan, type BudgetStep, termsToRequest } from "@ai-usage/client/budgets-as-code";
import type { PlannedSet } from "../commands/budget/deployed-set.ts";
import type { Colors, Style } from "../context.ts";
import { whoAndWhy } from "./budget-changes.ts";
import { hasDifferences } from "./budget-plan.ts";
import { count, moment, printable, quantity } from "./format.ts";
import { planAnswer } from "./plan-answer.ts";
import { termLines } from "./terms-diff.ts";

/** What was found of a deployment beside what a file says of it. */
export interface Drift {
  readonly planned: PlannedSet;
  /** The last change of budgets that differ, by their ids. */
  readonly changes: ReadonlyMap<string, BudgetChange>;
  /** Active budgets of the file's scopes that the file does not keep. */
  readonly beside: readonly Budget[];
}

/** Budgets of the deployment that are not as the file says. */
export function differingIds({ budgets }: BudgetPlan): string[] {
  return budgets.flatMap((step) => existingIdOf(step) ?? []);
}

function existingIdOf(step: BudgetStep): string | undefined {
  switch (step.kind) {
    case "create":
    case "unchanged":
      return undefined;
    case "replace":
      return step.former.budgetId;
    case "update":
    case "reactivate":
    case "deactivate":
      return step.budget.budgetId;
    default:
      return step satisfies never;
  }
}

/** As JSON: the changes of a plan that would undo it, each with who made it so. */
export function driftAnswer({ planned, changes, beside }: Drift) {
  const { set, managed_by, unchanged, changes: planChanges } = planAnswer(planned);
  return {
    set,
    managed_by,
    in_sync: !hasDifferences(planned.plan),
    differences: planChanges.map((change) => ({ ...change, ...lastChangeOf(changes.get(change.id ?? "")) })),
    unchanged,
    beside,
    increases: increasesOf(planned),
  };
}

function lastChangeOf(change: BudgetChange | undefined) {
  if (change === undefined) return {};
  const { at, by, approved_by, kind, reason } = change;
  return { last_change: { at, by, approved_by, kind, reason } };
}

/** Temporary increases that are in force or to come: no terms, and yet more than the file says. */
function increasesOf({ deployed }: PlannedSet) {
  return [...deployed.values()].flatMap(({ budget_id, managed_key, unit, active, increases }) =>
    increases
      .filter(({ state }) => active && state !== "ended")
      .map((increase) => ({ budget_id, key: managed_key, unit, ...increase })),
  );
}

export function renderDrift(drift: Drift, { colors }: Style): string {
  const { planned, beside } = drift;
  const { set, plan } = planned;
  const differing = [...plan.budgets, ...plan.templates].filter(({ kind }) => kind !== "unchanged").length;
  const head =
    differing === 0
      ? `${colors.bold(set.name)}: no drift, all are as the file says`
      : `${colors.bold(set.name)}: ${count(differing)} ${differing === 1 ? "is" : "are"} not as the file says (file → deployment)`;
  return [
    head,
    ...plan.budgets.flatMap((step) => budgetLines(step, drift, colors)),
    ...plan.templates.flatMap((step) => templateLines(step, colors)),
    ...increasesOf(planned).map(
      ({ key = "", unit, amount, until, by }) =>
        `  note: ${printable(key)} has ${quantity(unit, amount)} more until ${moment(until)}, by ${printable(by)}`,
    ),
    ...beside.map((budget) => `  note: ${printable(besideText(budget))}`),
  ].join("\n");
}

function budgetLines(step: BudgetStep, { changes }: Drift, colors: Colors): string[] {
  const last = changes.get(existingIdOf(step) ?? "");
  const lines = [stateLine(step, colors), termsOfStep(step, colors)];
  const who = last && `    ${colors.dim(`${moment(last.at)} ${last.kind} ${printable(whoAndWhy(last))}`)}`;
  return [...lines, who ?? ""].filter((line) => line !== "");
}

function stateLine(step: BudgetStep, colors: Colors): string {
  const key = printable(step.key);
  switch (step.kind) {
    case "create":
      return colors.red(`  ${key}  is missing`);
    case "replace":
      return colors.yellow(`  ${key}  ${step.former.budgetId} is another kind of budget`);
    case "update":
      return colors.yellow(`  ${key}  ${step.budget.budgetId} differs`);
    case "reactivate":
      return colors.red(`  ${key}  ${step.budget.budgetId} is deactivated`);
    case "deactivate":
      return colors.yellow(`  ${key}  ${step.budget.budgetId} is not in the file`);
    case "unchanged":
      return "";
    default:
      return step satisfies never;
  }
}

/** The other way round than a plan has it: from what the file says to what there is. */
function termsOfStep(step: BudgetStep, colors: Colors): string {
  if (step.kind !== "replace" && step.kind !== "update" && step.kind !== "reactivate") return "";
  const there = step.kind === "replace" ? step.former : step.budget;
  const before = { ...termsToRequest(step.terms), scope: step.terms.scope };
  const after = { ...termsToRequest(there), scope: there.scope };
  return termLines(step.changed, { before, after }, colors);
}

function templateLines(step: BudgetPlan["templates"][number], colors: Colors): string[] {
  switch (step.kind) {
    case "create":
      return [colors.red(`  template ${printable(step.template.key)}  is missing`)];
    case "update":
    case "reactivate": {
      const { template, existing, changed } = step;
      const before = { ...termsToRequest(template.terms), pattern: template.pattern };
      const after = { ...termsToRequest(existing.terms), pattern: existing.pattern };
      const state = step.kind === "update" ? "differs" : "is deactivated";
      return [
        colors.yellow(`  template ${printable(template.key)}  ${existing.templateId} ${state}`),
        termLines(changed, { before, after }, colors),
      ].filter((line) => line !== "");
    }
    case "deactivate":
      return [
        colors.yellow(
          `  template ${printable(step.existing.managedKey ?? "")}  ${step.existing.templateId} is not in the file`,
        ),
      ];
    case "unchanged":
      return [];
    default:
      return step satisfies never;
  }
}

function besideText({ budget_id, name, scope, unit, amount, period, managed_by }: Budget): string {
  const keeper = managed_by === undefined ? "made by hand" : `kept by ${managed_by}`;
  return `${scope} has another budget beside the file: "${name}" ${quantity(unit, amount)} ${period} (${budget_id}), ${keeper}`;
}
