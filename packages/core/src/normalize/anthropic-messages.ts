import type { Refusal } from "../metric.ts";
import type { Answer } from "./answer.ts";
import { readIterations } from "./anthropic-iterations.ts";
import { unitsOf } from "./anthropic-tokens.ts";
import { readUsualMessage } from "./anthropic-usual.ts";
import {
  type Call,
  type Reading,
  readingOf,
  servedConditions,
  type UsageFormat,
} from "./normalized-usage.ts";
import { tierIn } from "./tier.ts";
import { splitOutput } from "./token-split.ts";
import { totalOf, UnitCounts } from "./unit-counts.ts";

/**
 * A message of Anthropic's API, also as Bedrock and Vertex AI pass it on. Cached and written tokens are beside
 * `input_tokens`; thinking is inside `output_tokens`.
 *
 * https://platform.claude.com/docs/en/api/messages/create
 * https://github.com/anthropics/anthropic-sdk-typescript (resources/beta/messages/messages.ts, BetaUsage)
 * https://platform.claude.com/docs/en/manage-claude/data-residency (`inference_geo`)
 */
export const anthropicMessages: UsageFormat = {
  service: "anthropic",
  read: readMessage,
  readUsual: readUsualMessage,
};

export function readMessage(message: Answer, { request }: Call): Reading {
  const model = message.name("model");
  const usage = message.at("usage");
  const { own, others } = readIterations(usage, model);
  const reasoning = usage.at("output_tokens_details").count("thinking_tokens");
  reportCredit(usage);
  return readingOf({
    model,
    requestId: message.name("id"),
    served: servedConditions({
      tier: usage.word("speed") === "fast" ? "fast" : tierIn(usage, "service_tier"),
      region: regionOf(usage.word("inference_geo")),
    }),
    usage: unitsOf({ ...own, output: {} })
      .addAll(splitOutput({ total: own.output.output, reasoning }, usage.at("output_tokens")))
      .addAll(toolUnits(message, request))
      .addAll(usage.unknownCounts())
      .toUsage(),
    alsoUsed: others,
    refusal: refusalOf(message, totalOf(own.output)),
  });
}

function regionOf(geography: string | undefined): string | undefined {
  return geography === "not_available" ? undefined : geography;
}

/**
 * Web fetches cost their tokens alone. A container is billed by its time, which no answer tells; it costs nothing in a
 * request that has the newer tools for search or fetch.
 *
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/code-execution-tool
 */
function toolUnits(message: Answer, request: Answer) {
  const tools = message.at("usage").at("server_tool_use");
  const searches = tools.count("web_search_requests");
  const fetches = tools.count("web_fetch_requests");
  const runs = tools.count("code_execution_requests") ?? 0;
  const ranCode =
    runs > 0 ||
    message
      .at("content")
      .items()
      .some(
        (block) => block.word("type") === "server_tool_use" && block.word("name")?.endsWith("code_execution"),
      );
  const isFree =
    (searches ?? 0) + (fetches ?? 0) > 0 ||
    request
      .at("tools")
      .items()
      .some((tool) => /^web_(search|fetch)_2026/.test(tool.word("type") ?? ""));
  return new UnitCounts().add("search", searches).add("session", ranCode && !isFree ? 1 : undefined);
}

/** Marks where one model took over from another are no output. */
function refusalOf(message: Answer, outputTokens: number): Refusal | undefined {
  if (message.word("stop_reason") !== "refusal") return undefined;
  const content = message.at("content");
  const blocks = content.items().filter((block) => block.word("type") !== "fallback");
  const isEmpty = outputTokens === 0 || (content.isList() && blocks.length === 0);
  return isEmpty ? "before_output" : "after_output";
}

/** Of a retry that redeems a credit, written tokens are billed as read ones, and the usage does not tell how many. */
function reportCredit(usage: Answer): void {
  const status = usage.at("fallback_credit").at("status");
  if (status.word("type") !== "redeemed") return;
  usage.report(`${usage.path}.fallback_credit was redeemed: the bill may be less than the usage makes`);
}
