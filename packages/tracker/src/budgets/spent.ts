import type { AdmittedCall, LeaseSpent, MetricInput } from "@ai-usage/client/leases";
import { tokensOf } from "@ai-usage/core/usage";
import type { EndOfCall } from "../recording/gate.ts";
import { undated } from "./model-names.ts";

const NOTHING: LeaseSpent = { costUsd: "0", tokens: 0, requests: 0 };

/** Nothing came back from the provider, which may have worked on it all the same. */
const UNANSWERED = /abort|timeout|connection|terminated|socket|network/i;

/** A call that was let in, and the model that its lease has the prices of. */
export interface Priced {
  readonly admission: Pick<AdmittedCall, "costOf">;
  readonly model: string | undefined;
}

/**
 * What a call took of its lease. What is not known counts with the most that the call may take, until its metric says
 * better: a price that the client was not told, or an answer that did not come.
 */
export function spentBy(end: EndOfCall, priced: Priced): LeaseSpent | undefined {
  if (!end.made) return NOTHING;
  const { metric } = end;
  if (metric === undefined) return undefined;
  const { usage = {}, call_count: requests = 1, also_used, error } = metric;
  const isEmpty = Object.keys(usage).length === 0;
  if (error !== undefined && isEmpty) return UNANSWERED.test(error) ? undefined : { ...NOTHING, requests };
  const costUsd = costOf(metric, priced);
  // Counts that nobody could make, or that are not all here.
  const tokens =
    isEmpty || also_used !== undefined ? undefined : tokensOf(usage, "input") + tokensOf(usage, "output");
  return { costUsd, tokens, requests };
}

function costOf(metric: EndedMetric, { admission, model }: Priced): string | undefined {
  const { usage = {}, also_used, cost_usd, model: served } = metric;
  if (cost_usd !== undefined) return String(cost_usd);
  if (also_used !== undefined || Object.keys(usage).length === 0 || !isAtPlainPrices(metric))
    return undefined;
  const isItsModel =
    served === model || (model !== undefined && served !== undefined && undated(served) === undated(model));
  return isItsModel ? admission.costOf(usage) : undefined;
}

type EndedMetric = Omit<MetricInput, "lease_id">;

/** Other tiers and places may have prices of their own, which a lease does not tell. */
function isAtPlainPrices({ served = {} }: EndedMetric): boolean {
  const { tier = "standard", region = "global", ...others } = served;
  return (
    tier === "standard" && region === "global" && Object.values(others).every((one) => one === undefined)
  );
}
