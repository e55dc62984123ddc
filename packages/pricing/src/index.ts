export * from "./built-in.ts";
export * from "./errors.ts";
export * from "./overrides.ts";
export * from "./price-book.ts";
export { type PricedModel, type PriceFile, parsePriceFile } from "./price-file.ts";
export * from "./price-metric.ts";
export type { PriceRow, PriceTier, Rates } from "./price-row.ts";
export { type Quote, type QuoteLine, quote } from "./quote.ts";
