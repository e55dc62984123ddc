import type { BudgetPlan, BudgetStep, TemplateStep } from "@ai-usage/client/budgets-as-code";
import { termsToRequest } from "@ai-usage/client/budgets-as-code";
import type { PlannedSet } from "../commands/budget/deployed-set.ts";
import type { Colors, Style } from "../context.ts";
import { count, printable } from "./format.ts";
import { termLines } from "./terms-diff.ts";

export function hasDifferences({ budgets, templates }: BudgetPlan): boolean {
  return [...budgets, ...templates].some(({ kind }) => kind !== "unchanged");
}

/** Like a diff: what comes with `+`, what changes with `~`, what takes another's place with `±`, what ends with `-`. */
export function renderPlan({ set, plan, waiting }: PlannedSet, { colors }: Style): string {
  const steps = [...plan.budgets, ...plan.templates];
  const unchanged = steps.filter(({ kind }) => kind === "unchanged").length;
  if (!hasDifferences(plan)) {
    return `${colors.bold(set.name)}: nothing to do, all ${count(unchanged)} are as the file says`;
  }
  return [
    `${colors.bold(set.name)}: ${summaryOf(steps)}`,
    ...plan.budgets.flatMap((step) => budgetLines(step, waiting, colors)),
    ...plan.templates.flatMap((step) => templateLines(step, colors)),
  ].join("\n");
}

const summaryWords = [
  ["create", "to create"],
  ["update", "to change"],
  ["reactivate", "to take up again"],
  ["replace", "to replace"],
  ["deactivate", "to deactivate"],
  ["unchanged", "unchanged"],
] as const;

function summaryOf(steps: readonly Pick<BudgetStep | TemplateStep, "kind">[]): string {
  return summaryWords
    .map(([kind, words]) => [steps.filter((step) => step.kind === kind).length, words] as const)
    .filter(([number]) => number > 0)
    .map(([number, words]) => `${count(number)} ${words}`)
    .join(", ");
}

function budgetLines(step: BudgetStep, waiting: PlannedSet["waiting"], colors: Colors): string[] {
  const key = printable(step.key);
  switch (step.kind) {
    case "create":
      return [
        colors.green(`  + ${key}`),
        termLines("all", { after: { ...termsToRequest(step.terms), scope: step.terms.scope } }, colors),
      ];
    case "replace": {
      const { former, terms, changed } = step;
      const before = { ...termsToRequest(former), scope: former.scope };
      const after = { ...termsToRequest(terms), scope: terms.scope };
      return [
        colors.yellow(`  ± ${key}  in the place of ${former.budgetId}`),
        termLines(changed, { before, after }, colors),
      ];
    }
    case "update":
    case "reactivate": {
      const { budget, terms, changed } = step;
      const again = step.kind === "reactivate" ? "  take it up again" : "";
      const proposal = waiting.get(budget.budgetId);
      return [
        colors.yellow(`  ~ ${key}  ${budget.budgetId}${again}`),
        termLines(changed, { before: termsToRequest(budget), after: termsToRequest(terms) }, colors),
        ...(proposal
          ? [`    waits for a second person: ai-usage budget approve ${proposal.proposal_id}`]
          : []),
      ].filter((line) => line !== "");
    }
    case "deactivate":
      return [colors.red(`  - ${key}  ${step.budget.budgetId}`)];
    case "unchanged":
      return [];
    default:
      return step satisfies never;
  }
}

function templateLines(step: TemplateStep, colors: Colors): string[] {
  switch (step.kind) {
    case "create": {
      const { key, pattern, terms } = step.template;
      return [
        colors.green(`  + template ${printable(key)}`),
        termLines("all", { after: { ...termsToRequest(terms), pattern } }, colors),
      ];
    }
    case "update":
    case "reactivate": {
      const { template, existing, changed } = step;
      const before = { ...termsToRequest(existing.terms), pattern: existing.pattern };
      const after = { ...termsToRequest(template.terms), pattern: template.pattern };
      return [
        colors.yellow(`  ~ template ${printable(template.key)}  ${existing.templateId}`),
        termLines(changed, { before, after }, colors),
        "    for scopes that are first seen from then on",
      ].filter((line) => line !== "");
    }
    case "deactivate":
      return [
        colors.red(`  - template ${printable(step.existing.managedKey ?? "")}  ${step.existing.templateId}`),
      ];
    case "unchanged":
      return [];
    default:
      return step satisfies never;
  }
}
