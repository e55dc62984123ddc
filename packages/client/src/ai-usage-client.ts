import type {
  AlertPage,
  Budget,
  BudgetPage,
  BudgetStatus,
  EventPage,
  Health,
  NewToken,
  RecordAnswer,
  Token,
  TokenPage,
  UsageAnswer,
} from "./answers.ts";
import { NoConnectionError } from "./errors.ts";
import { type HttpOptions, send } from "./http.ts";
import { pagesOf } from "./pages.ts";
import type { BudgetInput, EventQuery, MetricInput, PageQuery, TokenInput, UsageQuery } from "./requests.ts";

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
