export {
  type Aggregation,
  aggregations,
  epochMsOf,
  type Instant,
  InvalidMoneyError,
  InvalidScopeError,
  instantFromEpochMs,
  isTimeZone,
  localDateOf,
  Money,
  type PeriodKind,
  parseInstant,
  parseScope,
  parseUtcDate,
  periodKinds,
  plusDays,
  plusMs,
  type TokenRole,
  tokenRoles,
} from "@ai-usage/core";
export type { FieldError, Problem } from "@ai-usage/wire";
export * from "./ai-usage-client.ts";
export * from "./answers.ts";
export * from "./errors.ts";
export * from "./pages.ts";
export * from "./requests.ts";
