import { type FixedPoint, fixedPointText } from "@ai-usage/core/exact";
import { costOf, requireAmount } from "../exact-cost.ts";
import { type CheckedNeed, misfitsOf } from "./misfits.ts";
import type {
  LeftOutModel,
  ModelCandidate,
  ModelChoice,
  ModelNeed,
  ModelPreference,
} from "./model-candidate.ts";

interface Priced<Candidate> {
  readonly candidate: Candidate;
  readonly cost: FixedPoint;
}

/**
 * Chooses the model for a call. It looks at what it is given and at nothing else: the same question has the same answer.
 *
 * `cheapest`: the least cost, then the better, then the faster one · `best`: the highest quality, then the cheaper one ·
 * `fastest`: the least latency, then the cheaper one. What was never observed comes after what was; among equals the first
 * that was given wins.
 *
 * @returns `nothing_fits` with everybody's reasons when every candidate was left out, or there is none
 * @throws RangeError when the need has a figure that cannot be one
 */
export function selectModel<Candidate extends ModelCandidate>(
  candidates: readonly Candidate[],
  need: ModelNeed,
): ModelChoice<Candidate> {
  const checked = checkedNeed(need);
  const fitting: Priced<Candidate>[] = [];
  const leftOut: LeftOutModel<Candidate>[] = [];
  for (const candidate of candidates) {
    const cost = costOf(candidate.prices ?? {}, need.usage, candidate.promptTokensMax);
    const reasons = misfitsOf(candidate, checked, cost);
    if (cost !== undefined && reasons.length === 0) fitting.push({ candidate, cost });
    else leftOut.push({ candidate, reasons });
  }
  const [selected, ...others] = fitting.sort(ORDERS[need.prefer ?? "cheapest"]).map(told);
  return selected === undefined
    ? { outcome: "nothing_fits", leftOut }
    : { outcome: "selected", selected, others, leftOut };
}

const told = <Candidate>({ candidate, cost }: Priced<Candidate>) => ({
  candidate,
  costUsd: fixedPointText(cost),
});

type Order = (a: Priced<ModelCandidate>, b: Priced<ModelCandidate>) => number;

const byCost: Order = (a, b) => (a.cost < b.cost ? -1 : Number(a.cost > b.cost));
const byQuality: Order = (a, b) => (b.candidate.quality ?? -1) - (a.candidate.quality ?? -1);
const byLatency: Order = (a, b) =>
  (a.candidate.latencyMs ?? Number.MAX_VALUE) - (b.candidate.latencyMs ?? Number.MAX_VALUE);

const ORDERS: Readonly<Record<ModelPreference, Order>> = {
  cheapest: (a, b) => byCost(a, b) || byQuality(a, b) || byLatency(a, b),
  best: (a, b) => byQuality(a, b) || byCost(a, b) || byLatency(a, b),
  fastest: (a, b) => byLatency(a, b) || byCost(a, b) || byQuality(a, b),
};

function checkedNeed(need: ModelNeed): CheckedNeed {
  const { usage, minQuality, maxLatencyMs, maxCostUsd } = need;
  for (const [unit, quantity] of Object.entries(usage))
    if (!Number.isSafeInteger(quantity) || Number(quantity) < 0)
      throw new RangeError(`usage.${unit} must be a whole number of 0 or more`);
  if (Number.isNaN(minQuality) || Number.isNaN(maxLatencyMs))
    throw new RangeError("minQuality and maxLatencyMs must be numbers");
  return { ...need, costMax: maxCostUsd === undefined ? undefined : requireAmount("maxCostUsd", maxCostUsd) };
}
