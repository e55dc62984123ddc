export { builtInPriceBook, builtInPriceBookId, builtInPriceFiles } from "./built-in.ts";
export { comparePriceFiles, type PriceDifference } from "./compare/compare-prices.ts";
export { renderPriceDifferences } from "./compare/render-price-differences.ts";
export * from "./errors.ts";
export {
  decideUnpriced,
  estimateUnpriced,
  type UnpricedDecision,
  type UnpricedEstimate,
} from "./estimate.ts";
export { type ListedRow, listedRows, type PriceSelection } from "./list-prices.ts";
export { isNamed, normalizeName } from "./model-name.ts";
export { conflictsOf, type OwnPriceStatement, ownPriceId, ownPriceRow, toOwnPrice } from "./own-price.ts";
export { type OwnPriceFiles, toOwnPriceFiles } from "./own-price-files.ts";
export { parseOwnPrices } from "./own-prices.ts";
export { PriceBook, type PriceLayers } from "./price-book.ts";
export { type PricedModel, type PriceFile, parsePriceFile } from "./price-file.ts";
export * from "./price-metric.ts";
export { isEffective, type PriceRow, type Rates } from "./price-row.ts";
export * from "./quote.ts";
export { toRowJson } from "./row-json.ts";
export { unitPricesOf } from "./unit-prices.ts";
export { type PriceUpdate, planUpdate, type UpdateDifference } from "./update/plan-update.ts";
