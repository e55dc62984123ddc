import type { MetricInput } from "@ai-usage/client/leases";
import type { UsageContext } from "../context/usage-context.ts";

/** The part of a metric that says who made the call and what for, as far as that is known. */
export function contextPart(context: UsageContext): Partial<MetricInput> {
  const part: Partial<MetricInput> = {
    user_id: context.userId,
    team: context.team,
    feature: context.feature,
    environment: context.environment,
    job_id: context.jobId,
    batch_id: context.batchId,
    github_pr: context.githubPr,
    metadata: context.metadata,
  };
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined));
}

const NAME_LENGTH_MAX = 128;

/** The class of an error, as far as it is one: never its message, which may quote what was asked. */
export function errorClassOf(error: unknown): string {
  if (!(error instanceof Error)) return "UnknownError";
  const name = error.name !== "Error" ? error.name : error.constructor.name;
  const plain = name.replace(/[^\w.:-]/g, "").slice(0, NAME_LENGTH_MAX);
  return plain === "" ? "Error" : plain;
}
