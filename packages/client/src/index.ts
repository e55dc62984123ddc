export {
  type AdjustmentKind,
  type Aggregation,
  aggregations,
  epochMsOf,
  type Instant,
  InvalidMoneyError,
  InvalidScopeError,
  instantFromEpochMs,
  isTimeZone,
  isUsageUnit,
  knownUnits,
  localDateOf,
  Money,
  type NormalizedUsage,
  normalizeUsage,
  type PeriodKind,
  type PriceFileConditions,
  type PriceFileVolume,
  parseInstant,
  parseScope,
  parseUtcDate,
  periodKinds,
  plusDays,
  plusMs,
  sideOf,
  type TokenRole,
  tokenRoles,
  type UsageFormatName,
  usageFormatNames,
} from "@ai-usage/core";
export type { FieldError, Problem } from "@ai-usage/wire";
export * from "./ai-usage-client.ts";
export * from "./answers.ts";
export * from "./errors.ts";
export * from "./pages.ts";
export * from "./price-requests.ts";
export * from "./requests.ts";
