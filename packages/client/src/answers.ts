import type {
  toWireAdjustment,
  toWireAlert,
  toWireBudget,
  toWireBudgetChange,
  toWireBudgetHistory,
  toWireBudgetStatus,
  toWireChannel,
  toWireCostStatus,
  toWireDecision,
  toWireDelivery,
  toWireIngestAnswer,
  toWireLease,
  toWireLedger,
  toWireListedDelivery,
  toWireMetric,
  toWireOutcome,
  toWireOutcomesAnswer,
  toWirePrice,
  toWirePriceChange,
  toWirePriceImport,
  toWireProposal,
  toWireProposed,
  toWireQuote,
  toWireRestatement,
  toWireRestatementReport,
  toWireShortage,
  toWireTemplate,
  toWireToken,
  toWireUnitPrices,
  toWireUnpriced,
  toWireUsageReport,
  ChannelTest as WireChannelTest,
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

export type RecordOutcomesAnswer = ReturnType<typeof toWireOutcomesAnswer>["body"];
export type RecordOutcomeResult = RecordOutcomesAnswer["results"][number];
/** What came of calls. */
export type Outcome = ReturnType<typeof toWireOutcome>;

export type UsageEvent = ReturnType<typeof toWireMetric>;
export type Budget = ReturnType<typeof toWireBudget>;
export type BudgetStatus = ReturnType<typeof toWireBudgetStatus>;
export type BudgetHistory = ReturnType<typeof toWireBudgetHistory>;
/** An entry of a budget's audit trail. */
export type BudgetChange = ReturnType<typeof toWireBudgetChange>;
/** `limit = spent + reserved + remaining`; `drift` is what of it the metrics do not bear out. */
export type BudgetLedger = ReturnType<typeof toWireLedger>;
export interface LedgerRepair {
  readonly before: BudgetLedger;
  readonly after: BudgetLedger;
}
/** An increase that a second person has to let through before it counts. */
export type Proposal = ReturnType<typeof toWireProposal>;
/** What the API answers to a change: the budget, or the budget as it was and what waits for a second person. */
export type BudgetOutcome = Budget | ReturnType<typeof toWireProposed>;
/** The budget as it is after a change; as it was before where there is a proposal. */
export interface ChangedBudget {
  readonly budget: Budget;
  readonly proposal?: Proposal;
}
export type Template = ReturnType<typeof toWireTemplate>;
export interface TemplatesAnswer {
  readonly templates: readonly Template[];
}
export interface ConfiguredBudgets {
  readonly budgets: readonly Budget[];
  readonly proposals?: readonly Proposal[];
}
export type CostBudgetStatus = ReturnType<typeof toWireCostStatus>;

export type Decision = ReturnType<typeof toWireDecision>;
/** A budget that has not enough left for a call. */
export type Shortage = ReturnType<typeof toWireShortage>;
export type Lease = ReturnType<typeof toWireLease>;
/** With what the budgets had left that it was taken of, and what shadow budgets would have refused. */
export type NewLease = Lease & {
  /** What a call takes at most was not said. */
  readonly estimated: boolean;
  readonly fail_mode: Decision["fail_mode"];
  readonly consulted: Decision["budgets"];
  readonly would_have_refused: readonly Shortage[];
} & UnitPricesAnswer;
/** Prices of a call as they are now. Absent: of an API that does not tell them. */
type UnitPricesAnswer = Partial<ReturnType<typeof toWireUnitPrices>>;

/** `kind` says which fields an alert has. */
export type Alert = ReturnType<typeof toWireAlert>;
export type UnpricedModelAlert = Extract<Alert, { kind: "unpriced_model" }>;
export type BudgetAlert = Exclude<Alert, UnpricedModelAlert>;
/** A message about an alert over a channel, with each attempt to send it. */
export type Delivery = ReturnType<typeof toWireDelivery>;
/** One that is not shown on its alert. */
export type ListedDelivery = ReturnType<typeof toWireListedDelivery>;
export interface Redriven {
  /** How many messages are sent again. */
  readonly redriven: number;
}
/** `built_in`: of the deployment's settings, and changed there. */
export type Channel = ReturnType<typeof toWireChannel> & { readonly built_in: boolean };
/** `secret`: of a webhook that came without one; it is shown this once. */
export type NewChannel = Channel & { readonly secret?: string };
export interface ChannelsAnswer {
  readonly channels: readonly Channel[];
}
export type ChannelTest = WireChannelTest;
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
export interface OutcomePage extends Page {
  readonly outcomes: readonly Outcome[];
}
export interface BudgetPage extends Page {
  readonly budgets: readonly Budget[];
}
export interface BudgetChangePage extends Page {
  readonly entries: readonly BudgetChange[];
}
export interface ProposalPage extends Page {
  readonly proposals: readonly Proposal[];
}
export interface DeliveryPage extends Page {
  readonly deliveries: readonly ListedDelivery[];
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
