import type {
  Aggregation,
  ModelUsage,
  Refusal,
  RequestedConditions,
  ServedConditions,
  TokenRole,
  Usage,
} from "@ai-usage/core";

/** A call as far as its price depends on it. Give either `usage` or `input_tokens` and `output_tokens`. */
export interface CallInput {
  /** Who bills it: `openai`, `anthropic`, … */
  readonly service: string;
  readonly operation?: string;
  /** ISO 8601 with an offset. */
  readonly timestamp?: string;
  /** The one that served the call. */
  readonly model?: string;
  readonly usage?: Usage;
  readonly input_tokens?: number;
  readonly output_tokens?: number;
  /** Other models that ran inside the same call; none of their usage is in `usage`. */
  readonly also_used?: readonly ModelUsage[];
  /** What the answer says was served. */
  readonly served?: ServedConditions;
  /** What was asked for: counts only where the answer does not say. */
  readonly requested?: RequestedConditions;
  readonly refusal?: Refusal;
  /** Whose month's volume counts. */
  readonly billing_account?: string;
  /** How many identical calls it stands for; usage and costs are of all of them. @default 1 */
  readonly call_count?: number;
  /** The provider's own figure, which wins over the price book. Text is exact. */
  readonly cost_usd?: string | number;
  readonly user_id?: string;
  readonly team?: string;
  readonly feature?: string;
  readonly environment?: string;
  readonly job_id?: string;
  /** Class of the error when the call failed. */
  readonly error?: string;
  /** What does not add up in the provider's own counts. */
  readonly usage_problems?: readonly string[];
  readonly metadata?: Readonly<Record<string, string | number | boolean>>;
}

/** One metered call, as `POST /ai_usage` takes it. */
export interface MetricInput extends CallInput {
  /** Names the call for ever: sent twice, it is stored and counted once. */
  readonly request_id: string;
  readonly operation: string;
  readonly timestamp: string;
  readonly total_tokens?: number;
  readonly latency_ms?: number;
  readonly time_to_first_token_ms?: number;
  /** How often it was sent until it was answered: 1 to 1000. */
  readonly attempts?: number;
  /** The usage was counted here, for want of the provider's own. */
  readonly usage_estimated?: boolean;
  /** How good the answer was: 0 to 1, at most 4 decimals. */
  readonly response_quality_score?: number;
  /** Keyed hash of the prompt: 32 to 64 hexadecimal digits in lower case. */
  readonly prompt_hash?: string;
  readonly batch_id?: string;
  /** The lease that the call was made from. */
  readonly lease_id?: string;
  readonly github_pr?: number;
}

/** Days are `yyyy-mm-dd`, both included, by the calendar of `tz`. */
export interface UsageQuery {
  readonly start_date?: string;
  readonly end_date?: string;
  /** @default "UTC" */
  readonly tz?: string;
  readonly aggregation?: readonly Aggregation[];
  readonly service?: string;
  readonly model?: string;
  readonly operation?: string;
  readonly user?: string;
  readonly team?: string;
  readonly job?: string;
  readonly feature?: string;
  readonly environment?: string;
  /** Any scope, custom ones too: `department:engineering`. */
  readonly scope?: string;
}

export interface PageQuery {
  /** 1 to 500. @default 100 */
  readonly limit?: number;
  readonly cursor?: string;
}

/** Of a service on a day (UTC), or of a job, or of a batch. */
export interface EventQuery extends PageQuery {
  readonly service?: string;
  readonly date?: string;
  readonly job?: string;
  readonly batch?: string;
  readonly user?: string;
}

export interface TokenInput {
  readonly name: string;
  readonly roles: readonly TokenRole[];
  /** When given, only these scopes may be sent to and asked about. */
  readonly scopes?: readonly string[];
  readonly expires_at?: string;
}

/** Days are `yyyy-mm-dd` in UTC, both included. */
export interface RestatementInput {
  readonly from: string;
  readonly to: string;
  readonly service?: string;
  readonly model?: string;
  /** Calls alone that have no price yet. */
  readonly only_unpriced?: boolean;
  /** Works out what would change, and changes nothing. @default true */
  readonly dry_run?: boolean;
}
