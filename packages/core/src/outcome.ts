import type { Money } from "./money.ts";
import { GLOBAL_SCOPE, type Scope, scopeOf } from "./scope.ts";
import type { Instant } from "./time.ts";

/** What came of AI calls: a ticket that was resolved, a draft that was thrown away. Immutable; `outcomeId` names it for ever. */
export interface Outcome {
  readonly outcomeId: string;
  /** When it came about, by the sender's clock. */
  readonly timestamp: Instant;
  /** What it is one of: `ticket_resolved`. */
  readonly outcome: string;
  readonly success: boolean;
  /** What it is worth, in US dollars. */
  readonly value?: Money;
  /** What the calls behind it came to, where the sender knows. It is told, and counts in no total. */
  readonly cost?: Money;
  /** 0 to 1, at most 4 decimals. */
  readonly qualityScore?: number;
  readonly userId?: string;
  readonly team?: string;
  readonly feature?: string;
  readonly environment?: string;
  readonly jobId?: string;
  /** The calls behind it, as far as they are known. */
  readonly requestIds?: readonly string[];
  readonly metadata: Readonly<Record<string, string | number | boolean>>;
}

/** An outcome with the custom scopes it falls under, fixed when it was recorded: all that a stored item is made of. */
export interface ScopedOutcome {
  readonly outcome: Outcome;
  readonly customScopes: readonly Scope[];
}

/** Every scope that an outcome falls under, the global one first. */
export function scopesOfOutcome({ outcome, customScopes }: ScopedOutcome): Scope[] {
  const named = {
    user: outcome.userId,
    team: outcome.team,
    job: outcome.jobId,
    feature: outcome.feature,
    environment: outcome.environment,
  };
  const scopes = Object.entries(named).flatMap(([dimension, value]) =>
    value === undefined ? [] : [scopeOf(dimension, value)],
  );
  return [GLOBAL_SCOPE, ...scopes, ...customScopes];
}
