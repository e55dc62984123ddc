export { isUsageFormat, normalizeUsage, type UsageFormatName, usageFormatNames } from "./normalize-usage.ts";
export type { NormalizedUsage, NormalizeOptions, UsageFormat } from "./normalized-usage.ts";
export { serviceOfProvider } from "./open-telemetry-provider.ts";
