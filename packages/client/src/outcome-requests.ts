import type { PageQuery } from "./requests.ts";

/** What came of AI calls, as `POST /outcomes` takes it. */
export interface OutcomeInput {
  /** Names the outcome for ever: sent twice, it is stored once. */
  readonly outcome_id: string;
  /** ISO 8601 with an offset. */
  readonly timestamp: string;
  /** What it is one of: `ticket_resolved`. */
  readonly outcome: string;
  /** @default true */
  readonly success?: boolean;
  /** What it is worth, in US dollars. Text is exact. */
  readonly value?: string | number;
  /** What the calls behind it came to, where that is known here. */
  readonly cost_usd?: string | number;
  /** 0 to 1, at most 4 decimals. */
  readonly quality_score?: number;
  readonly user_id?: string;
  readonly team?: string;
  readonly feature?: string;
  readonly environment?: string;
  readonly job_id?: string;
  /** The calls behind it, up to 20. */
  readonly request_ids?: readonly string[];
  readonly metadata?: Readonly<Record<string, string | number | boolean>>;
}

/** Days are `yyyy-mm-dd` in UTC, both included; the last 30, where they are left out. */
export interface OutcomeQuery extends PageQuery {
  readonly start_date?: string;
  readonly end_date?: string;
  readonly team?: string;
  readonly feature?: string;
  readonly outcome?: string;
}
