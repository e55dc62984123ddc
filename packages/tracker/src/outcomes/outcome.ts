import type { OutcomeInput } from "@ai-usage/client/leases";
import type { UsageContext } from "../context/usage-context.ts";

/** What came of calls: a ticket that was resolved, a draft that was sent. */
export interface OutcomeToTrack
  extends Pick<UsageContext, "userId" | "team" | "feature" | "environment" | "jobId" | "metadata"> {
  /** What it is one of: `ticket_resolved`. */
  readonly outcome: string;
  /** @default true */
  readonly success?: boolean;
  /** What it is worth, in US dollars. Text is exact. */
  readonly value?: string | number;
  /** What the calls behind it came to, where the application knows. */
  readonly cost?: string | number;
  /** How good it was, 0 to 1. */
  readonly qualityScore?: number;
  /** Ids of the calls behind it, up to 20. */
  readonly requestIds?: readonly string[];
  /** Names it for ever: told twice, it counts once. @default a new one */
  readonly outcomeId?: string;
  /** @default now */
  readonly at?: Date;
}

const QUALITY_DECIMALS = 4;

/** `context` is what holds for the outcome, what it says itself included, as it may leave the process. */
export function outcomeOf(outcome: OutcomeToTrack, context: UsageContext): OutcomeInput {
  const { qualityScore } = outcome;
  return {
    outcome_id: outcome.outcomeId ?? crypto.randomUUID(),
    timestamp: (outcome.at ?? new Date()).toISOString(),
    outcome: outcome.outcome,
    success: outcome.success,
    value: outcome.value,
    cost_usd: outcome.cost,
    quality_score: qualityScore === undefined ? undefined : Number(qualityScore.toFixed(QUALITY_DECIMALS)),
    user_id: context.userId,
    team: context.team,
    feature: context.feature,
    environment: context.environment,
    job_id: context.jobId,
    request_ids: outcome.requestIds,
    metadata: context.metadata,
  };
}
