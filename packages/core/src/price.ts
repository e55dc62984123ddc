import type { Scope } from "./scope.ts";
import type { Instant } from "./time.ts";

/** Amounts of US dollars as text, by unit of usage. */
export type ListedAmounts = Readonly<Record<string, string>>;

/**
 * A row of a price file, as JSON: the format that `packages/pricing/README.md` describes. Rows that we write have one
 * form: each condition written in one way, days for midnights, per million for tokens.
 */
export interface PriceFileRow {
  /** A day (midnight UTC) or an instant. Absent: from the model's beginning. */
  readonly effective_from?: string;
  /** Not included. Absent: until the next row under the same conditions, or until further notice. */
  readonly effective_to?: string;
  readonly when?: PriceFileConditions;
  readonly per_million?: ListedAmounts;
  readonly per_thousand?: ListedAmounts;
  readonly per_unit?: ListedAmounts;
  /** A factor on other rows' prices, in place of prices. */
  readonly multiply?: string;
  readonly multiplies?: readonly string[];
  readonly minimum?: Readonly<Record<string, number>>;
  readonly free_refusals?: boolean;
  readonly volume?: PriceFileVolume;
  readonly source: string;
  readonly checked_on?: string;
  readonly verified?: boolean;
  readonly note?: string;
}

export interface PriceFileConditions {
  readonly tier?: string | readonly string[];
  readonly region?: string | readonly string[];
  readonly size?: string | readonly string[];
  readonly quality?: string | readonly string[];
  readonly resolution?: string | readonly string[];
  readonly prompt_over?: number;
  readonly prompt_from?: number;
  readonly prompt_counts?: readonly string[];
  readonly time?: readonly PriceFileWindow[];
}

export interface PriceFileWindow {
  readonly days?: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly time_zone: string;
}

export interface PriceFileVolume {
  readonly unit: string;
  readonly meter: string;
  readonly period: "month";
  readonly time_zone: string;
  readonly steps: readonly { readonly up_to?: number; readonly per_thousand: string }[];
}

/** A price that a deployment has set itself. It wins over the published ones while it holds. */
export interface OwnPrice {
  /** Follows from provider, model, conditions and beginning: who sets a price of the same four replaces it. */
  readonly priceId: string;
  /** In lower case, as the model and all names are: that is how they are looked up. */
  readonly provider: string;
  readonly model: string;
  /** Further names of the model; `*` in one stands for anything. */
  readonly names: readonly string[];
  /** What metrics call the provider, besides its own name. */
  readonly services: readonly string[];
  /** Most tokens of a prompt, and of an answer. */
  readonly contextWindow?: number;
  readonly maxOutputTokens?: number;
  /** A price that is not active is kept, and prices nothing. */
  readonly isActive: boolean;
  readonly row: PriceFileRow;
  readonly changedAt: Instant;
  /** Id of the token. */
  readonly changedBy: string;
}

/** What somebody sets of an own price; who did and when comes with the edit. */
export type OwnPriceContent = Omit<OwnPrice, "changedAt" | "changedBy">;

export const adjustmentKinds = ["discount", "margin"] as const;
export type AdjustmentKind = (typeof adjustmentKinds)[number];

/**
 * What is taken off the list price (`discount`), or put on top of it when it is charged on (`margin`), for calls that
 * count in a scope.
 */
export interface PriceAdjustment {
  readonly adjustmentId: string;
  readonly kind: AdjustmentKind;
  readonly scope: Scope;
  /** Of the amount, plain decimal text with at most four places: `"12.5"`. */
  readonly percent: string;
  /** Included. Absent: always. */
  readonly effectiveFrom?: Instant;
  /** Not included. Absent: until further notice. */
  readonly effectiveTo?: Instant;
  readonly note?: string;
}

export const priceActions = ["put", "delete", "import", "adjust", "unadjust", "restate"] as const;
export type PriceAction = (typeof priceActions)[number];

/** Who changes prices, and when. The id names the edit for ever. */
export interface PriceEdit {
  readonly editId: string;
  readonly at: Instant;
  /** Id of the token. */
  readonly by: string;
}

/** A line of the prices' audit trail. `before` and `after` are what is there as answers show it. */
export interface PriceHistoryEntry extends PriceEdit {
  readonly action: PriceAction;
  /** What was changed: the id of a price, an adjustment, an import. */
  readonly subject: string;
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
}

/** What becomes of a call that has no price where a budget is enforced. */
export const unpricedPolicies = ["allow", "estimate", "block"] as const;
export type UnpricedPolicy = (typeof unpricedPolicies)[number];
