import type {
  toWireAdjustment,
  toWireAlert,
  toWireBudget,
  toWireBudgetStatus,
  toWireIngestAnswer,
  toWireMetric,
  toWirePrice,
  toWirePriceChange,
  toWirePriceImport,
  toWireQuote,
  toWireRestatement,
  toWireRestatementReport,
  toWireToken,
  toWireUnpriced,
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
/** `kind` says which fields an alert has. */
export type Alert = ReturnType<typeof toWireAlert>;
export type ThresholdAlert = Extract<Alert, { kind: "budget_threshold" }>;
export type UnpricedModelAlert = Extract<Alert, { kind: "unpriced_model" }>;
/** How a restatement stands; {@link RestatementReport} says what it came to, too. */
export type Restatement = ReturnType<typeof toWireRestatement>;
export type RestatementReport = ReturnType<typeof toWireRestatementReport>;
export type Token = ReturnType<typeof toWireToken>;

/** `token` is shown this once: only its hash is stored. */
export type NewToken = Token & { readonly token: string };

/** A price row; `own` and `price_id` tell the deployment's own. */
export type Price = ReturnType<typeof toWirePrice>;
/** `fills_in`: calls of the last 30 days that have no price and may have this one. */
export type NewPrice = Price & { readonly fills_in?: number };
export type PriceChange = ReturnType<typeof toWirePriceChange>;
export type QuoteAnswer = ReturnType<typeof toWireQuote>;
/** A discount or a margin. */
export type Adjustment = ReturnType<typeof toWireAdjustment>;
export interface AdjustmentsAnswer {
  readonly adjustments: readonly Adjustment[];
}
export type UnpricedAnswer = ReturnType<typeof toWireUnpriced>;
export type UnpricedModel = UnpricedAnswer["models"][number];
export type ImportAnswer = ReturnType<typeof toWirePriceImport>;
export type PriceDifference = ImportAnswer["differences"][number];

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
export interface PricePage extends Page {
  readonly prices: readonly Price[];
}
export interface PriceChangePage extends Page {
  readonly entries: readonly PriceChange[];
}
export interface TokenPage extends Page {
  readonly tokens: readonly Token[];
}
export interface RestatementPage extends Page {
  readonly restatements: readonly Restatement[];
}
