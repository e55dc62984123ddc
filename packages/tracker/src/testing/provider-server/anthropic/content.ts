import type Anthropic from "@anthropic-ai/sdk";
import type { CompleteAnswer } from "../answer.ts";
import type { IdSource } from "../ids.ts";

/** In the order in which the model makes them: it thinks, searches, then speaks or asks for tools. */
export function contentOf(answer: CompleteAnswer, ids: IdSource): Anthropic.ContentBlock[] {
  const thinking = (answer.usage?.reasoning ?? 0) > 0;
  const searches = [...Array(answer.usage?.webSearches ?? 0).keys()];
  return [
    ...(thinking ? [thinkingBlock] : []),
    ...searches.flatMap(() => searchBlocks(ids.next("srvtoolu_01", 22))),
    ...(answer.toolCalls.length === 0 ? [{ type: "text" as const, text: answer.text, citations: null }] : []),
    ...answer.toolCalls.map((call) => ({
      type: "tool_use" as const,
      id: ids.next("toolu_01", 22),
      name: call.name,
      input: call.arguments,
      caller: { type: "direct" as const },
    })),
  ];
}

const thinkingBlock: Anthropic.ThinkingBlock = {
  type: "thinking",
  thinking: "A greeting asks for a greeting.",
  signature: "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pkiMOYds",
};

/** Source: https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool */
function searchBlocks(id: string): [Anthropic.ServerToolUseBlock, Anthropic.WebSearchToolResultBlock] {
  const caller = { type: "direct" as const };
  const found = {
    type: "web_search_result" as const,
    url: "https://example.com/tides",
    title: "Tides",
    encrypted_content: "EqgfCioIARgBIiQ3YTAwMjY1Mi1mZjM5LTQ1NGUtODgxNC1kNjNjNTk1",
    page_age: "April 30, 2026",
  };
  return [
    { type: "server_tool_use", id, name: "web_search", input: { query: "tides" }, caller },
    { type: "web_search_tool_result", tool_use_id: id, content: [found], caller },
  ];
}
