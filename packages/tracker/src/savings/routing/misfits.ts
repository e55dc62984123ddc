import { type FixedPoint, fixedPointText } from "@ai-usage/core/exact";
import { tokensOf } from "@ai-usage/core/usage";
import type { MisfitReason, ModelCandidate, ModelNeed } from "./model-candidate.ts";

/** A need whose figures are known to be figures. */
export interface CheckedNeed extends ModelNeed {
  readonly costMax: FixedPoint | undefined;
}

/** Why a model is not for the need: empty when it is. */
export function misfitsOf(
  candidate: ModelCandidate,
  need: CheckedNeed,
  cost: FixedPoint | undefined,
): MisfitReason[] {
  return [
    ...lengthMisfits(candidate, need),
    ...capabilityMisfits(candidate, need),
    ...observedMisfits(candidate, need),
    ...costMisfits(need, cost),
  ];
}

function* lengthMisfits(
  { contextWindow, maxOutputTokens }: ModelCandidate,
  { usage }: CheckedNeed,
): Generator<MisfitReason> {
  const output = tokensOf(usage, "output");
  const all = tokensOf(usage, "input") + output;
  if (contextWindow !== undefined && all > contextWindow)
    yield { kind: "context_too_small", message: `holds ${contextWindow} tokens, ${all} are needed` };
  if (maxOutputTokens !== undefined && output > maxOutputTokens)
    yield { kind: "output_too_short", message: `answers in ${maxOutputTokens} tokens, ${output} are needed` };
}

function* capabilityMisfits(
  { capabilities: offered = [] }: ModelCandidate,
  { capabilities: needed = [] }: CheckedNeed,
): Generator<MisfitReason> {
  const missing = needed.filter((capability) => !offered.includes(capability));
  if (missing.length > 0) yield { kind: "capability_missing", message: `lacks ${missing.join(", ")}` };
}

function* observedMisfits(
  { quality, latencyMs }: ModelCandidate,
  { minQuality, maxLatencyMs }: CheckedNeed,
): Generator<MisfitReason> {
  if (minQuality !== undefined && quality === undefined)
    yield { kind: "quality_unknown", message: `no quality is known, ${minQuality} is needed` };
  else if (minQuality !== undefined && !(Number(quality) >= minQuality))
    yield { kind: "quality_too_low", message: `has a quality of ${quality}, ${minQuality} is needed` };
  if (maxLatencyMs !== undefined && latencyMs === undefined)
    yield { kind: "latency_unknown", message: `no latency is known, ${maxLatencyMs} ms are allowed` };
  else if (maxLatencyMs !== undefined && !(Number(latencyMs) <= maxLatencyMs))
    yield { kind: "latency_too_high", message: `takes ${latencyMs} ms, ${maxLatencyMs} are allowed` };
}

function* costMisfits({ costMax }: CheckedNeed, cost: FixedPoint | undefined): Generator<MisfitReason> {
  if (cost === undefined)
    yield { kind: "price_unknown", message: "has no price for all that the call is expected to use" };
  else if (costMax !== undefined && cost > costMax)
    yield {
      kind: "cost_too_high",
      message: `costs $${fixedPointText(cost)}, $${fixedPointText(costMax)} are allowed`,
    };
}
