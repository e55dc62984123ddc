export * from "./alert-life.ts";
export { findAlert, listAlerts, newAlertsOf, raiseAlert } from "./alerts.ts";
export * from "./answer-usage.ts";
export { listBudgetChanges } from "./budget-changes.ts";
export * from "./budget-history.ts";
export { fromBudgetItem, toBudgetItem } from "./budget-item.ts";
export * from "./budget-proposals.ts";
export * from "./budget-templates.ts";
export { activeBudgetsOf, type BudgetFilter, createBudget, findBudget, listBudgets } from "./budgets.ts";
export * from "./channel-pace.ts";
export * from "./channels.ts";
export * from "./deliveries.ts";
export { type BudgetEditOutcome, editBudget } from "./edit-budget.ts";
export * from "./errors.ts";
export * from "./ledger/index.ts";
export * from "./list-metrics.ts";
export type { Page, PageRequest } from "./listing.ts";
export * from "./load-prices.ts";
export { fromMetricItem, type MetricItemOptions, toMetricItem } from "./metric-item.ts";
export * from "./outcomes.ts";
export { sameOwnPrice, toOwnPriceRecord } from "./own-price-item.ts";
export * from "./own-prices.ts";
export * from "./price-adjustments.ts";
export { listPriceHistory } from "./price-history.ts";
export * from "./read-budget.ts";
export { readDrivers } from "./read-drivers.ts";
export * from "./read-totals.ts";
export * from "./record-metrics.ts";
export * from "./restatement/index.ts";
export * from "./revise-deliveries.ts";
export { rollUp } from "./roll-up.ts";
export type { StreamRecord } from "./stream-record.ts";
export * from "./table.ts";
export * from "./tokens.ts";
export { hasUnpricedMetrics, listUnpricedMetrics, type UnpricedSelection } from "./unpriced-metrics.ts";
export {
  checkUnpricedModel,
  forgetUnpricedModel,
  listUnpricedModels,
  type UnpricedModel,
} from "./unpriced-models.ts";
export * from "./volumes.ts";
export { budgetNewsOf } from "./watch/budget-news.ts";
export { BudgetWatch } from "./watch/budget-watch.ts";
export { UnpricedWatch, unpricedNewsOf } from "./watch/unpriced-watch.ts";
