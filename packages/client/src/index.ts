export {
  type AdjustmentKind,
  type Aggregation,
  type AlertKind,
  type AlertState,
  Amount,
  aggregations,
  alertKinds,
  alertStates,
  type BudgetUnit,
  budgetUnits,
  type ChannelKind,
  channelKinds,
  type Enforcement,
  enforcements,
  epochMsOf,
  type FailMode,
  failModes,
  formatAmount,
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
  type ProposalState,
  parseInstant,
  parseScope,
  parseUtcDate,
  periodKinds,
  plusDays,
  plusMs,
  proposalStates,
  sideOf,
  type ThresholdLevel,
  type TokenRole,
  thresholdLevels,
  tokenRoles,
  type UsageFormatName,
  usageFormatNames,
  type Weekday,
  weekdays,
} from "@ai-usage/core";
export type { FieldError, Problem } from "@ai-usage/wire";
export * from "./ai-usage-client.ts";
export * from "./alert-requests.ts";
export * from "./answers.ts";
export * from "./budget-requests.ts";
export * from "./errors.ts";
export * from "./lease-holder.ts";
export * from "./lease-requests.ts";
export * from "./outcome-requests.ts";
export * from "./pages.ts";
export * from "./price-requests.ts";
export * from "./requests.ts";
export type { RequestToTrack, TrackedRequest } from "./tracked-request.ts";
