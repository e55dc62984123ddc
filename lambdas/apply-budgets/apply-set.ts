import {
  type Budget,
  type BudgetSet,
  type BudgetSetEdit,
  type ChangeNote,
  editsOfPlan,
  type Instant,
  managedBudgetId,
  managerOfSet,
  newBudget,
  planBudgets,
} from "@ai-usage/core";
import {
  createBudget,
  deactivateTemplate,
  editBudget,
  findBudget,
  findTemplate,
  listBudgets,
  listTemplates,
  putTemplate,
  type Table,
} from "@ai-usage/store";

/** Who changes budgets by a deployment, in the audit trail. */
const DEPLOYER = "deploy";

/** How many budgets and templates a deployment has changed. */
export interface AppliedSet {
  readonly created: number;
  readonly changed: number;
  readonly ended: number;
}

/**
 * Makes the budgets and templates that `set` manages as it says, one change after the other. Cut off anywhere, the next time
 * goes on. It waits for no second person: whoever deploys could change that rule too.
 *
 * @throws ScopeFullError when a scope has too many active budgets
 */
export async function applyBudgetSet(
  table: Table,
  set: BudgetSet,
  { now, newChangeId }: { readonly now: Instant; readonly newChangeId: () => string },
): Promise<AppliedSet> {
  const existing = { budgets: await budgetsOf(table, set), templates: await listTemplates(table) };
  const applied = { created: 0, changed: 0, ended: 0 };
  for (const edit of editsOfPlan(planBudgets(set, existing))) {
    const note = { changeId: newChangeId(), at: now, by: DEPLOYER };
    applied[await applyEdit(table, edit, note)] += 1;
  }
  return applied;
}

/** All that the set manages. The list may lag behind by a moment, so those that the set names are looked up. */
async function budgetsOf(table: Table, set: BudgetSet): Promise<Budget[]> {
  const managedBy = managerOfSet(set);
  const found = new Map<string, Budget>();
  let cursor: string | undefined;
  do {
    const page = await listBudgets(table, { limit: 500, cursor, managedBy });
    for (const budget of page.items) found.set(budget.budgetId, budget);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  for (const { key, terms } of set.budgets) {
    const budget = await findBudget(table, managedBudgetId(managedBy, key, terms));
    if (budget) found.set(budget.budgetId, budget);
  }
  return [...found.values()];
}

async function applyEdit(table: Table, edit: BudgetSetEdit, note: ChangeNote): Promise<keyof AppliedSet> {
  switch (edit.kind) {
    case "create": {
      const made = newBudget(edit, note);
      if (made.outcome === "invalid")
        throw new RangeError(`${edit.managedKey}: ${made.field} ${made.problem}`);
      await createBudget(table, made.budget, note);
      return "created";
    }
    case "amend": {
      const { outcome, ...edited } = await editBudget(table, edit.budgetId, edit.amendment, note);
      if (outcome === "edited" || outcome === "unchanged") {
        return edit.amendment.kind === "deactivate" ? "ended" : "changed";
      }
      const why = "field" in edited ? `${edited.field} ${edited.problem}` : outcome;
      throw new RangeError(`${edit.key}: ${why}`);
    }
    case "put_template": {
      const { templateId, managedBy, template } = edit;
      const former = await findTemplate(table, templateId);
      await putTemplate(table, {
        templateId,
        pattern: template.pattern,
        terms: template.terms,
        active: true,
        createdAt: former?.createdAt ?? note.at,
        createdBy: former?.createdBy ?? note.by,
        managedBy,
        managedKey: template.key,
      });
      return former === undefined ? "created" : "changed";
    }
    case "deactivate_template":
      await deactivateTemplate(table, edit.templateId);
      return "ended";
    default:
      return edit satisfies never;
  }
}
