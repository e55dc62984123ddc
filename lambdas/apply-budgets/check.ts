// Run while the app is synthesized, with the budgets of the settings on standard input: what is wrong with them is printed
// line by line, so that nobody has to deploy to find out.
import { readFileSync } from "node:fs";
import { BudgetSettingsError, readBudgetSet } from "./read-set.ts";

try {
  readBudgetSet(readFileSync(0, "utf8"));
} catch (error) {
  if (!(error instanceof BudgetSettingsError)) throw error;
  console.log(error.problems.join("\n"));
}
