import { isMembers, isUsualName } from "./members.ts";
import type { NormalizedUsage, NormalizeOptions } from "./normalized-usage.ts";

/** A request that asks for a model, and for nothing besides that its price may depend on. */
export function isUsualRequest(request: unknown): request is { readonly model: string } {
  return (
    isMembers(request) &&
    isUsualName(request.model) &&
    request.modelId === undefined &&
    request.service_tier === undefined &&
    request.serviceTier === undefined &&
    request.speed === undefined &&
    request.inference_geo === undefined &&
    request.config === undefined &&
    request.prompt_cache_options === undefined
  );
}

/** What was told by an answer to such a request. */
interface Told {
  readonly service: string;
  readonly model: string;
  readonly requestId: string;
  readonly usage: NormalizedUsage["usage"];
  readonly tier: string | undefined;
}

export function usualReading(
  { service, model, requestId, usage, tier }: Told,
  { request, region }: NormalizeOptions,
): NormalizedUsage {
  return {
    model,
    requestId,
    ...servedIn(tier, region),
    usage,
    service,
    requested: { model: (request as { readonly model: string }).model },
    usageProblems: [],
  };
}

function servedIn(tier: string | undefined, region: string | undefined) {
  if (tier === undefined) return region === undefined ? undefined : { served: { region } };
  return { served: region === undefined ? { tier } : { tier, region } };
}
