import type { AdjustmentKind, PriceFileConditions, PriceFileVolume } from "@ai-usage/core";
import type { CallInput, PageQuery } from "./requests.ts";

/** Which price rows. A model is found as a call's model is. */
export interface PriceQuery extends PageQuery {
  readonly provider?: string;
  /** What metrics call the provider, in the place of `provider`. */
  readonly service?: string;
  readonly model?: string;
  /** A day, an instant, or `all`. @default now */
  readonly at?: string;
  /** The deployment's own alone, those that are not active too. */
  readonly own?: boolean;
}

type Amount = string | number;
type Amounts = Readonly<Record<string, Amount>>;

/** A price of one's own. Of a provider, model, `when` and `effective_from` there is one: set again, it is replaced. */
export interface PriceInput {
  readonly provider: string;
  readonly model_name: string;
  /** Further names of the model; `*` stands for any text. */
  readonly names?: readonly string[];
  /** What metrics call the provider, where it is new. */
  readonly services?: readonly string[];
  /** US dollars. Text is exact. */
  readonly input_cost_per_million?: Amount;
  readonly output_cost_per_million?: Amount;
  /** By unit of usage. */
  readonly per_million?: Amounts;
  readonly per_thousand?: Amounts;
  readonly per_unit?: Amounts;
  /** A factor on the model's other prices, in place of prices. */
  readonly multiply?: Amount;
  /** What it is a factor on. @default the tokens */
  readonly multiplies?: readonly string[];
  readonly when?: PriceFileConditions;
  /** Least quantity that is billed for a call, by unit. */
  readonly minimum?: Readonly<Record<string, number>>;
  readonly free_refusals?: boolean;
  readonly volume?: PriceFileVolume;
  /** A day (midnight UTC) or an instant, past or future. @default always */
  readonly effective_from?: string;
  /** Not included. @default until the next one, or until further notice */
  readonly effective_to?: string;
  readonly context_window?: number;
  readonly max_output_tokens?: number;
  /** @default true */
  readonly is_active?: boolean;
  readonly source?: string;
  readonly checked_on?: string;
  /** @default true: who sets a price vouches for it */
  readonly verified?: boolean;
  readonly note?: string;
}

export interface QuoteInput extends CallInput {
  /** How much of the month's volume came before. @default what was counted so far */
  readonly volume_before?: number;
}

export interface AdjustmentInput {
  readonly kind: AdjustmentKind;
  readonly scope: string;
  /** Of the amount: `"12.5"`. */
  readonly percent: Amount;
  readonly effective_from?: string;
  readonly effective_to?: string;
  readonly note?: string;
}

/** UTC days, both included. @default the last 30 */
export interface UnpricedQuery {
  readonly start_date?: string;
  readonly end_date?: string;
}

export interface PriceImport {
  /** `genai-prices`: `{"version", "providers": [...]}` of the package @pydantic/genai-prices. */
  readonly format: "price-file" | "genai-prices";
  readonly data: unknown;
  /** Says what would change, and changes nothing. @default true */
  readonly dry_run?: boolean;
}
