/**
 * What the importer reads of `@pydantic/genai-prices`: its `Provider`, as `findProvider` returns it. Written down here
 * because the price book must not depend on that package where it runs; the test that passes real providers in compares
 * the two at compile time.
 */
export interface SourceProvider {
  readonly id: string;
  readonly pricing_urls?: readonly string[];
  readonly fallback_model_providers?: readonly string[];
  readonly models: readonly SourceModel[];
}

export interface SourceModel {
  readonly id: string;
  readonly match: SourceMatch;
  readonly context_window?: number;
  /** Not in every edition of the data. */
  readonly prices_checked?: string;
  readonly prices: SourcePrices | readonly SourceConditionalPrices[];
}

export type SourceMatch =
  | { readonly or: readonly SourceMatch[] }
  | { readonly and: readonly SourceMatch[] }
  | { readonly equals: string }
  | { readonly starts_with: string }
  | { readonly ends_with: string }
  | { readonly contains: string }
  | { readonly regex: string };

/** By price key, like `input_mtok`. */
export type SourcePrices = Readonly<Record<string, number | SourceTiers | undefined>>;

/** A tier holds for all tokens of a call whose whole prompt has more than `start` tokens. */
export interface SourceTiers {
  readonly base: number;
  readonly tiers: readonly { readonly start: number; readonly price: number }[];
}

export interface SourceConditionalPrices {
  readonly constraint?:
    | { readonly type: "start_date"; readonly start_date: string }
    | { readonly type: "time_of_date"; readonly start_time: string; readonly end_time: string };
  readonly prices: SourcePrices;
}
