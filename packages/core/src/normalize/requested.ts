import type { RequestedConditions } from "../metric.ts";
import type { Call } from "./normalized-usage.ts";
import { withoutUndefined } from "./normalized-usage.ts";
import { tierIn, tierOf } from "./tier.ts";

/** What a request body asks for, whoever it is sent to: the providers' names for it do not collide. */
export function requestedConditions({ request, service }: Call): RequestedConditions | undefined {
  if (!request.isObject()) return undefined;
  const requested = withoutUndefined({
    model: request.name("model", "modelId"),
    tier: requestedTier(request, service),
    region: request.word("inference_geo"),
  });
  return Object.keys(requested).length === 0 ? undefined : requested;
}

function requestedTier(request: Call["request"], service: string): string | undefined {
  if (request.word("speed") === "fast") return "fast";
  const tier =
    tierIn(request, "service_tier", "serviceTier") ?? tierOf(request.at("config").word("serviceTier"));
  // Two words for one tier; answers say priority. https://developers.openai.com/api/docs/guides/fast-mode
  return tier === "fast" && (service === "openai" || service === "azure") ? "priority" : tier;
}
