import type { MetricInput } from "@ai-usage/client/leases";
import type { NormalizedUsage } from "@ai-usage/core/normalize";
import type { UsageContext } from "../context/usage-context.ts";

/** The part of a metric that the provider's answer tells. */
export function answerPart(
  usage: NormalizedUsage,
): Omit<MetricInput, "request_id" | "operation" | "timestamp"> {
  return {
    service: usage.service,
    model: usage.model,
    usage: usage.usage,
    also_used: usage.alsoUsed,
    served: usage.served,
    requested: usage.requested,
    refusal: usage.refusal,
    cost_usd: usage.reportedCost,
    error: usage.error,
    usage_problems: usage.usageProblems.length > 0 ? usage.usageProblems : undefined,
  };
}

/** The part of a metric that says who made the call and what for. */
export function contextPart(context: UsageContext): Partial<MetricInput> {
  return {
    user_id: context.userId,
    team: context.team,
    feature: context.feature,
    environment: context.environment,
    job_id: context.jobId,
    batch_id: context.batchId,
    github_pr: context.githubPr,
    metadata: context.metadata,
  };
}

const NAME_LENGTH_MAX = 128;

/** The class of an error, as far as it is one: never its message, which may quote what was asked. */
export function errorClassOf(error: unknown): string {
  if (!(error instanceof Error)) return "UnknownError";
  const name = error.name !== "Error" ? error.name : error.constructor.name;
  const plain = name.replace(/[^\w.:-]/g, "").slice(0, NAME_LENGTH_MAX);
  return plain === "" ? "Error" : plain;
}
