import { type BudgetStep, type TemplateStep, termsToRequest } from "@ai-usage/client/budgets-as-code";
import type { PlannedSet } from "../commands/budget/deployed-set.ts";

/** What a plan changes, as JSON: `before` and `after` hold the fields that differ, as the API names them. */
export function planAnswer({ set, plan, waiting }: PlannedSet) {
  const steps = [...plan.budgets, ...plan.templates];
  return {
    set: set.name,
    managed_by: plan.managedBy,
    changes: [
      ...plan.budgets.flatMap((step) => budgetChange(step, waiting)),
      ...plan.templates.flatMap(templateChange),
    ],
    unchanged: steps.filter(({ kind }) => kind === "unchanged").length,
  };
}

type Terms = Parameters<typeof termsToRequest>[0] & { readonly scope?: string };
type Term = Extract<BudgetStep, { kind: "replace" }>["changed"][number] | "pattern";

/** One difference between a file and a deployment. */
interface PlannedChange {
  readonly subject: "budget" | "template";
  readonly kind: Exclude<BudgetStep["kind"], "unchanged">;
  readonly key: string;
  /** Of what there is. */
  readonly id?: string;
  readonly before?: object;
  readonly after?: object;
  /** That waits for a second person. */
  readonly proposal_id?: string;
}

function budgetChange(step: BudgetStep, waiting: PlannedSet["waiting"]): PlannedChange[] {
  const { key } = step;
  switch (step.kind) {
    case "create":
      return [{ subject: "budget", kind: step.kind, key, after: wireOf(step.terms) }];
    case "replace": {
      const { former, terms, changed } = step;
      return [
        { subject: "budget", kind: step.kind, key, id: former.budgetId, ...sides(former, terms, changed) },
      ];
    }
    case "update":
    case "reactivate": {
      const { budget, terms, changed } = step;
      const proposal = waiting.get(budget.budgetId);
      return [
        {
          subject: "budget",
          kind: step.kind,
          key,
          id: budget.budgetId,
          ...sides(budget, terms, changed),
          ...(proposal && { proposal_id: proposal.proposal_id }),
        },
      ];
    }
    case "deactivate":
      return [{ subject: "budget", kind: step.kind, key, id: step.budget.budgetId }];
    case "unchanged":
      return [];
    default:
      return step satisfies never;
  }
}

function templateChange(step: TemplateStep): PlannedChange[] {
  switch (step.kind) {
    case "create": {
      const { key, pattern, terms } = step.template;
      return [{ subject: "template", kind: step.kind, key, after: { pattern, ...termsToRequest(terms) } }];
    }
    case "update":
    case "reactivate": {
      const { template, existing, changed } = step;
      const { before, after } = sides(existing.terms, template.terms, changed);
      const isMoved = changed.includes("pattern");
      return [
        {
          subject: "template",
          kind: step.kind,
          key: template.key,
          id: existing.templateId,
          before: { ...before, ...(isMoved && { pattern: existing.pattern }) },
          after: { ...after, ...(isMoved && { pattern: template.pattern }) },
        },
      ];
    }
    case "deactivate": {
      const { managedKey: key = "", templateId: id } = step.existing;
      return [{ subject: "template", kind: step.kind, key, id }];
    }
    case "unchanged":
      return [];
    default:
      return step satisfies never;
  }
}

const wireOf = (terms: Terms) => ({
  ...(terms.scope !== undefined && { scope: terms.scope }),
  ...termsToRequest(terms),
});

function sides(before: Terms, after: Terms, changed: readonly Term[]) {
  return { before: fieldsOf(before, changed), after: fieldsOf(after, changed) };
}

/** Of what a budget goes without, null. */
function fieldsOf(terms: Terms, changed: readonly Term[]): Record<string, unknown> {
  const wire: Record<string, unknown> = wireOf(terms);
  const names = changed.flatMap((term) => wireNames[term]);
  return Object.fromEntries(names.map((name) => [name, wire[name] ?? null]));
}

const wireNames: Record<Term, readonly string[]> = {
  pattern: [],
  scope: ["scope"],
  unit: ["unit"],
  period: ["period"],
  calendar: ["time_zone", "week_starts_on", "fiscal_year_starts_in"],
  name: ["name"],
  amount: ["amount"],
  thresholds: ["thresholds"],
  enforcement: ["enforcement"],
  failMode: ["fail_mode"],
  rollover: ["rollover"],
  spike: ["spike"],
  contact: ["contact"],
  metadata: ["metadata"],
};
