export type { AlertRecord } from "./alert-item.ts";
export * from "./alerts.ts";
export * from "./answer-usage.ts";
export * from "./budgets.ts";
export * from "./errors.ts";
export * from "./list-metrics.ts";
export type { Page, PageRequest } from "./listing.ts";
export * from "./load-prices.ts";
export { fromMetricItem, type MetricItemOptions, toMetricItem } from "./metric-item.ts";
export { sameOwnPrice, toOwnPriceRecord } from "./own-price-item.ts";
export * from "./own-prices.ts";
export * from "./price-adjustments.ts";
export { listPriceHistory } from "./price-history.ts";
export * from "./read-totals.ts";
export * from "./record-metrics.ts";
export * from "./restatement/index.ts";
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
export { BudgetWatch, budgetNewsOf } from "./watch-budgets.ts";
export { UnpricedWatch, unpricedNewsOf } from "./watch-unpriced.ts";
