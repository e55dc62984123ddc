import { DAY_MS, epochMsOf, type Scope, type ScopedOutcome } from "@ai-usage/core";
import { type Item, ItemReader, moneyAttribute } from "./item.ts";
import { OUTCOME_LANES, outcomeIdOf, outcomeKey, outcomeListingOf } from "./keys.ts";
import { contentHash, laneOf, metadataOf } from "./metric-item.ts";

export interface OutcomeItemOptions {
  /** Days after the outcome until it expires. */
  readonly retentionDays: number;
}

/** Like a metric's, the stored item is a function of the outcome alone: writing it again writes the same bytes. */
export function toOutcomeItem(
  { outcome, customScopes }: ScopedOutcome,
  { retentionDays }: OutcomeItemOptions,
  hash = contentHash(outcome),
): Item {
  return {
    ...outcomeKey(outcome.outcomeId),
    ...outcomeListingOf(outcome.timestamp, outcome.outcomeId, laneOf(outcome.outcomeId, OUTCOME_LANES)),
    timestamp: outcome.timestamp,
    outcome: outcome.outcome,
    success: outcome.success,
    value: outcome.value && moneyAttribute(outcome.value),
    cost_usd: outcome.cost && moneyAttribute(outcome.cost),
    quality_score: outcome.qualityScore,
    user_id: outcome.userId,
    team: outcome.team,
    feature: outcome.feature,
    environment: outcome.environment,
    job_id: outcome.jobId,
    request_ids: outcome.requestIds,
    metadata: Object.keys(outcome.metadata).length > 0 ? outcome.metadata : undefined,
    custom_scopes: customScopes.length > 0 ? customScopes : undefined,
    content_hash: hash,
    expires_at: Math.floor((epochMsOf(outcome.timestamp) + retentionDays * DAY_MS) / 1000),
  };
}

/** @throws InvalidItemError naming the attribute that is not what an outcome has */
export function fromOutcomeItem(item: Item): ScopedOutcome {
  const read = new ItemReader(item);
  return {
    outcome: {
      outcomeId: outcomeIdOf(read.key()),
      timestamp: read.instant("timestamp"),
      outcome: read.text("outcome"),
      success: read.flag("success"),
      value: read.optionalMoney("value"),
      cost: read.optionalMoney("cost_usd"),
      qualityScore: read.optionalScore("quality_score"),
      userId: read.optionalText("user_id"),
      team: read.optionalText("team"),
      feature: read.optionalText("feature"),
      environment: read.optionalText("environment"),
      jobId: read.optionalText("job_id"),
      ...(read.has("request_ids") && { requestIds: read.texts("request_ids") }),
      metadata: read.has("metadata") ? metadataOf(read.plainMap("metadata")) : {},
    },
    customScopes: read.has("custom_scopes") ? (read.texts("custom_scopes") as Scope[]) : [],
  };
}
