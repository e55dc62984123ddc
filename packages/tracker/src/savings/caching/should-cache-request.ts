import { fixedPointText } from "@ai-usage/core/exact";
import { requireAmount } from "../exact-cost.ts";
import { readTraits } from "./request-traits.ts";

export interface CacheDecisionOptions {
  /**
   * Whether any earlier answer would do as well, whatever the request's temperature. Say so of embeddings, and of models that take no
   * temperature. @default the temperature is 0
   */
  readonly isRepeatable?: boolean;
  /** Whether its tools may be asked for again without harm. Tools on the provider's side look things up anew. @default false */
  readonly areToolsSafe?: boolean;
  /** Whether request or answer are about a person. @default the request names its user */
  readonly isPersonal?: boolean;
  /** Among whom answers are shared. @default "shared" */
  readonly scope?: "shared" | "team" | "user";
  /** What the call costs, as far as it is known: US dollars as text. */
  readonly costUsd?: string;
  /** Less is not worth the cache's own work. @default "0.00001" */
  readonly minCostUsd?: string;
  /** How often it was asked again lately, as observed: 0 for a request that never came twice. */
  readonly repeats?: number;
  /** @default 1 */
  readonly minRepeats?: number;
  /** How long an answer may be used. @default 3600 */
  readonly ttlSeconds?: number;
}

export type CacheReason =
  | "worthwhile"
  | "streamed"
  | "stateful"
  | "tools"
  | "not_repeatable"
  | "personal"
  | "too_cheap"
  | "seldom_repeated";

export interface CacheDecision {
  readonly cache: boolean;
  /** Of several that speak against it, the first in the order of {@link CacheReason}. */
  readonly reason: CacheReason;
  /** 0 when it is not to be cached. */
  readonly ttlSeconds: number;
  /** If it is asked as often again: US dollars, exact. Absent where cost or repeats are not known. */
  readonly expectedSavingUsd?: string;
}

const TTL_SECONDS = 3_600;

/**
 * Whether the answer to a request is to be kept for the next one who asks the same. It reads the bodies of OpenAI, Anthropic, Gemini and
 * Bedrock's Converse. A request without a temperature is not taken as repeatable: providers then use one above 0.
 *
 * @throws RangeError when an amount is none
 */
export function shouldCacheRequest(request: unknown, options: CacheDecisionOptions = {}): CacheDecision {
  const objection = objectionTo(request, options);
  if (objection !== undefined) return { cache: false, reason: objection, ttlSeconds: 0 };
  const saving = expectedSaving(options);
  return {
    cache: true,
    reason: "worthwhile",
    ttlSeconds: options.ttlSeconds ?? TTL_SECONDS,
    ...(saving !== undefined && { expectedSavingUsd: saving }),
  };
}

function objectionTo(request: unknown, options: CacheDecisionOptions): CacheReason | undefined {
  const { costUsd, minCostUsd = "0.00001", repeats, minRepeats = 1, scope } = options;
  const traits = readTraits(request);
  if (traits.isStreamed) return "streamed";
  if (traits.isStateful) return "stateful";
  if (traits.hasTools && options.areToolsSafe !== true) return "tools";
  if (!(options.isRepeatable ?? traits.temperature === 0)) return "not_repeatable";
  if ((options.isPersonal ?? traits.namesUser) && scope !== "user") return "personal";
  const least = requireAmount("minCostUsd", minCostUsd);
  if (costUsd !== undefined && requireAmount("costUsd", costUsd) < least) return "too_cheap";
  return repeats !== undefined && repeats < minRepeats ? "seldom_repeated" : undefined;
}

function expectedSaving({ costUsd, repeats }: CacheDecisionOptions): string | undefined {
  if (costUsd === undefined || repeats === undefined || !Number.isSafeInteger(repeats)) return undefined;
  return fixedPointText(requireAmount("costUsd", costUsd) * BigInt(repeats));
}
