/** One call as every library is told of it, each in a shape of its own. */
export interface ModelCall {
  readonly provider: string;
  /** As the provider's own API names it. */
  readonly model: string;
  /** When it was made, ISO 8601: prices change. */
  readonly at: string;
  readonly tokens: TokenCounts;
  /** What only some libraries have a word for. */
  readonly served?: { readonly tier: string; readonly region: string };
}

/** Disjoint: the prompt is `input`, `cacheRead` and `cacheWrite` together. */
export interface TokenCounts {
  readonly input: number;
  readonly cacheRead?: number;
  /** Kept for five minutes. */
  readonly cacheWrite?: number;
  readonly output: number;
}

/** US dollars, as text where they are exact. Undefined: no price is known. */
export type Cost = string | number | undefined;

/** Something that prices calls; also what is bundled and started alone. */
export interface PriceLibrary {
  readonly name: string;
  /** Puts a call into the library's own shape. What comes back prices it, any number of times. */
  prepare(call: ModelCall): () => Cost;
}
