import type {
  Adjustment,
  AdjustmentsAnswer,
  AlertPage,
  Budget,
  BudgetPage,
  BudgetStatus,
  EventPage,
  Health,
  ImportAnswer,
  NewPrice,
  NewToken,
  Price,
  PriceChangePage,
  PricePage,
  QuoteAnswer,
  RecordAnswer,
  RestatementPage,
  RestatementReport,
  Token,
  TokenPage,
  UnpricedAnswer,
  UsageAnswer,
} from "./answers.ts";
import { NoConnectionError } from "./errors.ts";
import { type HttpOptions, send } from "./http.ts";
import { pagesOf } from "./pages.ts";
import type {
  AdjustmentInput,
  PriceImport,
  PriceInput,
  PriceQuery,
  QuoteInput,
  UnpricedQuery,
} from "./price-requests.ts";
import type {
  BudgetInput,
  EventQuery,
  MetricInput,
  PageQuery,
  RestatementInput,
  TokenInput,
  UsageQuery,
} from "./requests.ts";

export interface AIUsageClientOptions {
  /** Output `ApiUrl` of the deployed stack, or `api_url` of a local one. */
  readonly apiUrl: string;
  readonly token: string;
  /** @default the global one */
  readonly fetch?: typeof fetch;
  /** Time that one attempt may take. @default 15000 */
  readonly timeoutMs?: number;
  /** Further attempts of requests that may be repeated. @default 3 */
  readonly retries?: number;
  /** Wait before the second attempt; it grows from there, with jitter. @default 250 */
  readonly retryDelayMs?: number;
}

/**
 * The HTTP API, one method for each of its requests. Every method throws ApiError when the request is refused, with
 * the API's problem document, and UnreachableError when no answer comes. Questions, and the recording of metrics
 * (idempotent by `request_id`), are tried again after network errors, 429 and 5xx; changes are not.
 */
export class AIUsageClient {
  readonly #http: HttpOptions;

  /** @throws NoConnectionError when the address or the token cannot be one */
  constructor(options: AIUsageClientOptions) {
    this.#http = {
      apiUrl: httpAddress(options.apiUrl),
      token: printableToken(options.token),
      // Called as a function of its own: browsers refuse a fetch that is a method of another object.
      fetch: options.fetch ?? ((input, init) => fetch(input, init)),
      timeoutMs: options.timeoutMs ?? 15_000,
      retries: options.retries ?? 3,
      retryDelayMs: options.retryDelayMs ?? 250,
    };
  }

  get apiUrl(): string {
    return this.#http.apiUrl;
  }

  /** Needs no token that is valid. */
  health(): Promise<Health> {
    return this.#get("/health");
  }

  /** Stores up to 500 metrics. That one of them is refused is no error: each has its own result, in the order sent. */
  recordMetrics(metrics: readonly MetricInput[]): Promise<RecordAnswer> {
    return send(this.#http, { method: "POST", path: "/ai_usage", body: { metrics }, repeatable: true });
  }

  usage({ aggregation, ...query }: UsageQuery = {}): Promise<UsageAnswer> {
    return this.#get("/ai_usage", { ...query, aggregation: aggregation?.join(",") });
  }

  /** One page of raw events. */
  events(query: EventQuery): Promise<EventPage> {
    return this.#get("/ai_usage/events", query);
  }

  /** Raw events page by page, to the last. */
  eventPages(query: EventQuery): AsyncGenerator<EventPage, void> {
    return pagesOf((cursor) => this.events({ ...query, cursor }), query.cursor);
  }

  createBudget(budget: BudgetInput): Promise<Budget> {
    return this.#change("POST", "/budgets", budget);
  }

  listBudgets(query: PageQuery = {}): Promise<BudgetPage> {
    return this.#get("/budgets", query);
  }

  getBudget(budgetId: string): Promise<Budget> {
    return this.#get(`/budgets/${encodeURIComponent(budgetId)}`);
  }

  budgetStatus(budgetId: string): Promise<BudgetStatus> {
    return this.#get(`/budgets/${encodeURIComponent(budgetId)}/status`);
  }

  deactivateBudget(budgetId: string): Promise<Budget> {
    return this.#change("POST", `/budgets/${encodeURIComponent(budgetId)}/deactivate`);
  }

  /** Newest first. */
  listAlerts(query: PageQuery = {}): Promise<AlertPage> {
    return this.#get("/alerts", query);
  }

  /** One page of price rows, those that win first. */
  prices(query: PriceQuery = {}): Promise<PricePage> {
    return this.#get("/prices", query);
  }

  /** Sets a price of the deployment's own. Sent twice it is set once. */
  putPrice(price: PriceInput): Promise<NewPrice> {
    return send(this.#http, { method: "PUT", path: "/prices", body: price, repeatable: true });
  }

  deletePrice(priceId: string): Promise<Price> {
    return this.#change("DELETE", `/prices/${encodeURIComponent(priceId)}`);
  }

  /** Who changed prices, discounts and margins, newest first. */
  priceHistory(query: PageQuery = {}): Promise<PriceChangePage> {
    return this.#get("/prices/history", query);
  }

  /** What a call costs, and why. Nothing is recorded. */
  quote(call: QuoteInput): Promise<QuoteAnswer> {
    return send(this.#http, { method: "POST", path: "/prices/quote", body: call, repeatable: true });
  }

  adjustments(): Promise<AdjustmentsAnswer> {
    return this.#get("/prices/adjustments");
  }

  /** @param adjustmentId of the one that it is put in the place of @default a new one */
  putAdjustment(adjustment: AdjustmentInput, adjustmentId?: string): Promise<Adjustment> {
    const path =
      adjustmentId === undefined
        ? "/prices/adjustments"
        : `/prices/adjustments/${encodeURIComponent(adjustmentId)}`;
    const repeatable = adjustmentId !== undefined;
    return send(this.#http, { method: "PUT", path, body: adjustment, repeatable });
  }

  deleteAdjustment(adjustmentId: string): Promise<Adjustment> {
    return this.#change("DELETE", `/prices/adjustments/${encodeURIComponent(adjustmentId)}`);
  }

  /** What has calls without a price, and what they may have cost. */
  unpricedModels(query: UnpricedQuery = {}): Promise<UnpricedAnswer> {
    return this.#get("/prices/unpriced", query);
  }

  /** In what a price list differs from the prices in force; and takes it over unless it is a dry run. */
  importPrices(prices: PriceImport): Promise<ImportAnswer> {
    return this.#change("POST", "/prices/import", prices);
  }

  /** Orders stored metrics to be priced anew, by the prices of now. It is worked on from then on; ask how it stands. */
  createRestatement(order: RestatementInput): Promise<RestatementReport> {
    return this.#change("POST", "/prices/restatements", order);
  }

  restatement(restatementId: string): Promise<RestatementReport> {
    return this.#get(`/prices/restatements/${encodeURIComponent(restatementId)}`);
  }

  /** Newest first. */
  listRestatements(query: PageQuery = {}): Promise<RestatementPage> {
    return this.#get("/prices/restatements", query);
  }

  /** Sets somebody to work on one that stands still. Harmless when somebody is at it. */
  resumeRestatement(restatementId: string): Promise<RestatementReport> {
    return this.#change("POST", `/prices/restatements/${encodeURIComponent(restatementId)}/resume`);
  }

  createToken(token: TokenInput): Promise<NewToken> {
    return this.#change("POST", "/tokens", token);
  }

  listTokens(query: PageQuery = {}): Promise<TokenPage> {
    return this.#get("/tokens", query);
  }

  revokeToken(tokenId: string): Promise<Token> {
    return this.#change("DELETE", `/tokens/${encodeURIComponent(tokenId)}`);
  }

  #get<Answer>(path: string, query?: object): Promise<Answer> {
    return send(this.#http, { method: "GET", path, query, repeatable: true });
  }

  #change<Answer>(method: "POST" | "DELETE", path: string, body?: unknown): Promise<Answer> {
    return send(this.#http, { method, path, body, repeatable: false });
  }
}

function httpAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === "https:" || url.protocol === "http:")) return text.replace(/\/+$/, "");
  throw new NoConnectionError(
    `the address of the API must be a URL with https or http, which ${text} is not`,
  );
}

// A header that cannot be sent would be quoted, secret and all, in the error that fetch throws.
function printableToken(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new NoConnectionError(
    "the token holds spaces, line ends or characters beyond ASCII, which no token does: copy it again",
  );
}
