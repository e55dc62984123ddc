import type { ModelUsage } from "../metric.ts";
import type { Usage } from "../usage.ts";
import type { Answer } from "./answer.ts";
import {
  type Call,
  type Reading,
  readingOf,
  servedConditions,
  type UsageFormat,
} from "./normalized-usage.ts";
import { readOpenAIUsage } from "./openai-usage.ts";
import { readUsualResponse } from "./openai-usual.ts";
import { reportedCostOf } from "./reported-cost.ts";
import { tierIn } from "./tier.ts";
import { totalOf, UnitCounts } from "./unit-counts.ts";

/**
 * A response, or the last event of its stream (`response.completed`, and `response.done` of the Realtime API), with the
 * tools that ran on the provider's side.
 *
 * https://developers.openai.com/api/docs/api-reference/responses/object
 * https://github.com/openai/openai-node/blob/v7.57.0/src/resources/responses/responses.ts
 */
export const openAIResponses: UsageFormat = {
  service: "openai",
  read: readResponse,
  readUsual: readUsualResponse,
};

export function readResponse(answer: Answer, { request }: Call): Reading {
  const response = answer.word("type")?.startsWith("response.") ? answer.at("response") : answer;
  const model = response.name("model");
  const usage = response.at("usage");
  const images = imageGeneration(response, request);
  return readingOf({
    model,
    requestId: response.name("id"),
    served: servedConditions({ tier: tierIn(response, "service_tier") }),
    usage: new UnitCounts()
      .addAll(
        readOpenAIUsage(usage, {
          model: model ?? request.name("model"),
          cacheLifetime:
            response.at("prompt_cache_options").word("ttl") ?? request.at("prompt_cache_options").word("ttl"),
        }),
      )
      .addAll(toolUnits(response))
      .addAll(images.untold)
      .toUsage(),
    alsoUsed: images.alsoUsed,
    error: response.word("status") === "failed" ? (response.at("error").word("code") ?? "failed") : undefined,
    reportedCost: reportedCostOf(usage),
  });
}

/**
 * Searches of the web count as the provider bills them, where it says so; else each call of the tool that searched, since
 * opening a page found is free. A container is counted once, however often code ran in it.
 */
function toolUnits(response: Answer): UnitCounts {
  const ran = response
    .at("output")
    .items()
    .filter((item) => item.word("status") !== "failed");
  const callsOf = (type: string) => ran.filter((item) => item.word("type") === type);
  const searches = callsOf("web_search_call").filter(
    (item) => (item.at("action").word("type") ?? "search") === "search",
  ).length;
  const billed = response.at("tool_usage").at("web_search").count("num_requests");
  const containers = new Set(
    [
      ...callsOf("code_interpreter_call").map((item) => item.at("container_id").value),
      ...callsOf("shell_call").map((item) => item.at("environment").at("container_id").value),
    ].filter((id) => typeof id === "string"),
  ).size;
  return new UnitCounts()
    .add("search", billed ?? orAbsent(searches))
    .add("file_search", orAbsent(callsOf("file_search_call").length))
    .add("session", orAbsent(containers));
}

function orAbsent(count: number): number | undefined {
  return count === 0 ? undefined : count;
}

/** Tokens of the image model are beside those of the response's own, and only the tool's settings name that model. */
function imageGeneration(response: Answer, request: Answer): { alsoUsed: ModelUsage[]; untold: Usage } {
  const usage = response.at("tool_usage").at("image_gen");
  const units = usage.isObject() ? readOpenAIUsage(usage, { outputKind: "image" }) : {};
  const total = totalOf(units);
  const alsoUsed: ModelUsage[] = [];
  const model = imageModelOf(response) ?? imageModelOf(request);
  if (total > 0 && model !== undefined) alsoUsed.push({ model, usage: units });
  const untold: Usage = total > 0 && model === undefined ? { x_tool_usage_image_gen_tokens: total } : {};
  for (const item of response.at("output").items()) {
    const svg = svgUsage(item);
    if (svg) alsoUsed.push(svg);
  }
  return { alsoUsed, untold };
}

function imageModelOf(holder: Answer): string | undefined {
  const tools = holder.at("tools").items();
  return tools.find((tool) => tool.word("type") === "image_generation")?.name("model");
}

/** A drawing is written by a language model of its own. */
export function svgUsage(holder: Answer): ModelUsage | undefined {
  const usage = holder.at("svg_usage");
  const model = usage.name("model");
  return model === undefined ? undefined : { model, usage: readOpenAIUsage(usage) };
}
