import { Answer } from "./answer.ts";
import { isMembers } from "./members.ts";
import type { NormalizedUsage, NormalizeOptions, UsageFormat } from "./normalized-usage.ts";
import { requestedConditions } from "./requested.ts";

/**
 * Reads what a provider's raw answer says of usage and price. It never throws, and copies no text of the call. What was
 * served beats what was asked for; a count that is not reported stays absent; a count nobody knows is kept as a unit `x_…`,
 * for which there is no price.
 *
 * @param answer the parsed JSON, or the object of the provider's SDK
 */
export function readUsage(
  { service: usualService, read, readUsual }: UsageFormat,
  answer: unknown,
  options: NormalizeOptions = {},
): NormalizedUsage {
  const usual = readUsual !== undefined && isMembers(answer) ? readUsual(answer, options) : undefined;
  if (usual !== undefined) return usual;
  const root = new Answer(answer);
  const request = new Answer(options.request);
  const call = { service: options.service ?? usualService, request, options };
  const reading = read(root, call);
  const requested = requestedConditions(call) ?? reading.requested;
  const region = reading.served?.region ?? options.region;
  return {
    ...reading,
    service: options.service ?? reading.service ?? usualService,
    ...(reading.model === undefined && requested?.model !== undefined && { model: requested.model }),
    ...(region !== undefined && { served: { ...reading.served, region } }),
    ...(requested !== undefined && { requested }),
    usageProblems: root.problems,
  };
}
