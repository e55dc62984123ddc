export { ApiError, BudgetExhaustedError } from "@ai-usage/client/errors";
export type { CallMaximum } from "@ai-usage/client/leases";
export { BudgetUnavailableError } from "./errors.ts";
export type { HardBudgetOptions } from "./hard-budget.ts";
export {
  type ChooseModel,
  cheaperModelOnRefusal,
  type ModelTiers,
  queueOnRefusal,
  type RefusalPolicy,
  type RefusedModel,
  throwOnRefusal,
} from "./refusal-policy.ts";
export { type RequestBudgetOptions, requestBudget } from "./request-budget.ts";
export { type FallbackOptions, withFallback } from "./with-fallback.ts";
