// Budgets as code, for those who keep them in files: how to read a file, and what it changes of a deployment. An entry
// point of its own, since it carries the schema of the file along.
export {
  type BudgetPlan,
  type BudgetSet,
  type BudgetSetEdit,
  type BudgetStep,
  type ChangeableTerm,
  editsOfPlan,
  type FixedTerm,
  managerOfSet,
  planBudgets,
  type TemplateStep,
} from "@ai-usage/core";
export {
  existingBudget,
  existingTemplate,
  type FileProblem,
  parseBudgetFile,
  termsToRequest,
  updateToRequest,
} from "@ai-usage/wire";
