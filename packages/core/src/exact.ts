export { type FixedPoint, fixedPointText, parseFixedPoint } from "./fixed-point.ts";
export { costOfUsage, type UnitPrices } from "./unit-prices.ts";
