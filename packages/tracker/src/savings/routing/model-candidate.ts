import type { Usage } from "@ai-usage/core/usage";
import type { PriceTexts } from "../exact-cost.ts";

/** A model that calls may be made with. What is not known of it is left out. */
export interface ModelCandidate {
  /** Who bills it: `openai`, `anthropic`, … */
  readonly service: string;
  readonly model: string;
  /** US dollars for one of a unit. Without the prices of all units that a call needs, it is never chosen. */
  readonly prices?: PriceTexts;
  /** The prices are for prompts of up to so many tokens; longer ones have others. */
  readonly promptTokensMax?: number;
  /** Tokens of prompt and answer together. */
  readonly contextWindow?: number;
  readonly maxOutputTokens?: number;
  /** In words of your own: `vision`, `tools`, `json_schema`. */
  readonly capabilities?: readonly string[];
  /** As observed: 0 to 1. */
  readonly quality?: number;
  /** As observed. */
  readonly latencyMs?: number;
}

export type ModelPreference = "cheapest" | "best" | "fastest";

/** What a call is expected to take, and what its model must be able to do. */
export interface ModelNeed {
  /** By unit: `{ input: 1200, cache_read: 800, output: 300 }`. */
  readonly usage: Usage;
  readonly capabilities?: readonly string[];
  /** 0 to 1. A model whose quality was never observed does not reach it. */
  readonly minQuality?: number;
  /** A model whose latency was never observed does not keep to it. */
  readonly maxLatencyMs?: number;
  /** US dollars as text. */
  readonly maxCostUsd?: string;
  /** @default "cheapest" */
  readonly prefer?: ModelPreference;
}

export type Misfit =
  | "context_too_small"
  | "output_too_short"
  | "capability_missing"
  | "quality_too_low"
  | "quality_unknown"
  | "latency_too_high"
  | "latency_unknown"
  | "price_unknown"
  | "cost_too_high";

/** Why a model was left out. */
export interface MisfitReason {
  readonly kind: Misfit;
  /** For a log: `"holds 8192 tokens, 9000 are needed"`. */
  readonly message: string;
}

export interface RankedModel<Candidate extends ModelCandidate = ModelCandidate> {
  readonly candidate: Candidate;
  /** What the call is expected to cost, to the last digit. */
  readonly costUsd: string;
}

export interface LeftOutModel<Candidate extends ModelCandidate = ModelCandidate> {
  readonly candidate: Candidate;
  /** All of them; never empty. */
  readonly reasons: readonly MisfitReason[];
}

export type ModelChoice<Candidate extends ModelCandidate = ModelCandidate> =
  | {
      readonly outcome: "selected";
      readonly selected: RankedModel<Candidate>;
      /** The others that fit, the next best first. */
      readonly others: readonly RankedModel<Candidate>[];
      readonly leftOut: readonly LeftOutModel<Candidate>[];
    }
  | { readonly outcome: "nothing_fits"; readonly leftOut: readonly LeftOutModel<Candidate>[] };
