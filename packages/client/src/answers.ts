import type {
  toWireAlert,
  toWireBudget,
  toWireBudgetStatus,
  toWireIngestAnswer,
  toWireMetric,
  toWireToken,
  toWireUsageReport,
} from "@ai-usage/wire";

// What the API answers, as the functions that write the answers type it. Amounts are exact decimal text unless said otherwise.

export interface Health {
  readonly status: "ok";
  readonly version: string;
}

export type RecordAnswer = ReturnType<typeof toWireIngestAnswer>["body"];
export type RecordResult = RecordAnswer["results"][number];

/** `cost_usd` and `average_cost_per_call` are numbers and may be rounded, `…_exact` never is. */
export type UsageAnswer = ReturnType<typeof toWireUsageReport>;
export type UsageSummary = UsageAnswer["summary"];
export type UsageGroup = UsageAnswer["aggregations"][string][string];

export type UsageEvent = ReturnType<typeof toWireMetric>;
export type Budget = ReturnType<typeof toWireBudget>;
export type BudgetStatus = ReturnType<typeof toWireBudgetStatus>;
export type Alert = ReturnType<typeof toWireAlert>;
export type Token = ReturnType<typeof toWireToken>;

/** `token` is shown this once: only its hash is stored. */
export type NewToken = Token & { readonly token: string };

/** One page of a list; `next_cursor` asks for the next, and is null on the last. A page may be empty and not the last. */
export interface Page {
  readonly next_cursor: string | null;
}
export interface EventPage extends Page {
  readonly events: readonly UsageEvent[];
}
export interface BudgetPage extends Page {
  readonly budgets: readonly Budget[];
}
export interface AlertPage extends Page {
  readonly alerts: readonly Alert[];
}
export interface TokenPage extends Page {
  readonly tokens: readonly Token[];
}
