import type { Answer } from "./answer.ts";
import { UnitCounts } from "./unit-counts.ts";

/**
 * What the usage object of an answer in OpenAI's shape counts besides tokens:
 *
 * - Perplexity: `num_search_queries`, and `citation_tokens` beside the completion;
 *   https://docs.perplexity.ai/docs/sonar/models/sonar-deep-research
 * - xAI: calls of tools on its servers; https://docs.x.ai/developers/tools/tool-usage-details
 * - OpenRouter: `server_tool_use`; https://openrouter.ai/docs/use-cases/usage-accounting
 * - Mistral: `prompt_audio_seconds`; https://github.com/mistralai/client-ts (UsageInfo)
 *
 * A tool call that costs nothing beyond its tokens is no unit.
 */
export function readFees(usage: Answer): UnitCounts {
  const tools = usage.at("server_side_tool_usage_details").knows("mcp_calls");
  const serverTools = usage.at("server_tool_use").knows("web_fetch_requests", "tool_calls_requested");
  usage.knows("num_server_side_tools_used", "service_tier");
  // Parts of the totals: of the context without what tools brought (xAI).
  usage.at("context_details").knows("input_tokens", "output_tokens");
  const seconds = usage.at("prompt_audio_seconds");
  return (
    new UnitCounts()
      .add("citation", usage.count("citation_tokens"))
      .add("search", usage.count("num_search_queries"))
      .add("search", serverTools.count("web_search_requests"))
      .add("search", tools.count("web_search_calls"))
      .add("search", tools.count("x_search_calls"))
      .add("file_search", tools.count("file_search_calls"))
      .add("tool_call", tools.count("code_interpreter_calls"))
      // An object without members stands for "not set".
      .add("second", seconds.isObject() ? undefined : usage.quantity("prompt_audio_seconds"))
  );
}
