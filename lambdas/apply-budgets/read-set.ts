import type { BudgetSet } from "@ai-usage/core";
import { parseBudgetFile } from "@ai-usage/wire";

/** Name of the set that the deployment keeps: its budgets are managed by `code:deploy`. */
const SET_NAME = "deploy";

/** The budgets of a deployment cannot be used: each problem names the setting and what it must be. */
export class BudgetSettingsError extends Error {
  override readonly name = "BudgetSettingsError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("; "));
    this.problems = problems;
  }
}

/**
 * Reads `{"budgets": […], "templates": […]}`, entries as in a file of `ai-usage budget apply`.
 * @throws BudgetSettingsError naming all that is wrong, by the names that the settings have
 */
export function readBudgetSet(json: string): BudgetSet {
  const { budgets, templates } = JSON.parse(json);
  const parsed = parseBudgetFile({ name: SET_NAME, budgets, templates });
  if ("set" in parsed) return parsed.set;
  throw new BudgetSettingsError(
    parsed.problems.map(({ path: [list, ...path], message }) =>
      [[list === "templates" ? "budgetTemplates" : list, ...path].join("."), message].join(" "),
    ),
  );
}
