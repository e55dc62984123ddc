export { type FixedPoint, fixedPointText, parseFixedPoint } from "../fixed-point.ts";
export { costOfUsage, type UnitPrices } from "../unit-prices.ts";
export { isUsageUnit, tokensOf, type Usage, type UsageUnit } from "../usage.ts";
export { isUsageFormat, normalizeUsage, type UsageFormatName, usageFormatNames } from "./normalize-usage.ts";
export type { NormalizedUsage, NormalizeOptions, UsageFormat } from "./normalized-usage.ts";
export { serviceOfProvider } from "./open-telemetry-provider.ts";
