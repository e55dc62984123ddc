import type { BudgetedCall } from "@ai-usage/client/leases";
import type { UsageContext } from "../context/usage-context.ts";

/** @param keys metadata that are scopes of their own: of the others budgets need not know, and there may be one for each call */
export function budgetedCall(
  what: Pick<BudgetedCall, "service"> & {
    readonly model?: string | undefined;
    readonly operation?: string | undefined;
  },
  { userId, team, feature, environment, jobId, metadata = {} }: UsageContext,
  keys: readonly string[] = [],
): BudgetedCall {
  const call = { ...what, user_id: userId, team, feature, environment, job_id: jobId };
  if (keys.length === 0) return call;
  const scoped: Record<string, string | number | boolean> = {};
  for (const key of keys) if (metadata[key] !== undefined) scoped[key] = metadata[key];
  return { ...call, metadata: scoped };
}
