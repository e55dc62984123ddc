import type { BudgetExhaustedError } from "@ai-usage/client/leases";
import { undated } from "./model-names.ts";

/**
 * What becomes of a call that a hard budget has no room for: it fails with the budget's own error; or waits for room that
 * may come, and then fails; or is made with another model of the same provider, if there is room for that.
 */
export type RefusalPolicy =
  | { readonly kind: "throw" }
  | { readonly kind: "queue"; readonly waitMsMax: number }
  | { readonly kind: "other-model"; readonly choose: ChooseModel };

/** @returns the model to be tried next; nothing when there is none left */
export type ChooseModel = (refused: RefusedModel) => string | undefined;

export interface RefusedModel {
  readonly service: string;
  readonly model: string;
  readonly error: BudgetExhaustedError;
}

/** Every call with a model that is refused fails. */
export const throwOnRefusal: RefusalPolicy = { kind: "throw" };

/** @param waitMsMax how long a call may wait for room. @default 30000 */
export function queueOnRefusal({ waitMsMax = 30_000 }: { readonly waitMsMax?: number } = {}): RefusalPolicy {
  return { kind: "queue", waitMsMax };
}

/** Models of one provider by what they cost, the dearest tier first. Within a tier the first one is taken. */
export interface ModelTiers {
  readonly premium?: readonly string[];
  readonly standard?: readonly string[];
  readonly economy?: readonly string[];
}

/** A refused call goes to the next cheaper tier. Models that stand in no tier fail. */
export function cheaperModelOnRefusal(...providers: readonly ModelTiers[]): RefusalPolicy {
  const next = new Map<string, string>();
  for (const { premium = [], standard = [], economy = [] } of providers) {
    const tiers = [premium, standard, economy].filter((tier) => tier.length > 0);
    for (const [index, tier] of tiers.entries()) {
      const [cheaper] = tiers[index + 1] ?? [];
      if (cheaper !== undefined) for (const model of tier) next.set(model, cheaper);
    }
  }
  return { kind: "other-model", choose: ({ model }) => next.get(model) ?? next.get(undated(model)) };
}
