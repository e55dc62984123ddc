export { tokensOf, type Usage } from "../usage.ts";
export { isUsageFormat, normalizeUsage, type UsageFormatName, usageFormatNames } from "./normalize-usage.ts";
export type { NormalizedUsage, NormalizeOptions } from "./normalized-usage.ts";
export { serviceOfProvider } from "./open-telemetry-provider.ts";
