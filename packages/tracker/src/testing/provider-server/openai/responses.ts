import type OpenAI from "openai";
import type { CompleteAnswer } from "../answer.ts";
import type { ErrorBehaviour } from "../behaviour.ts";
import { type Exchange, eventStreamReply, jsonReply, type Reply } from "../reply.ts";
import { openAIHeaders } from "./headers.ts";
import { requiredModel } from "./require.ts";
import { responseEvents, type WireResponse } from "./response-events.ts";
import { responsesUsage } from "./usage.ts";

type OutputItem = OpenAI.Responses.ResponseOutputItem;

/** Source: https://developers.openai.com/api/docs/api-reference/responses/object and …/responses-streaming */
export function createResponse(exchange: Exchange): Reply {
  const { body } = exchange.request;
  const response = responseOf(exchange);
  const headers = { ...openAIHeaders(exchange.ids), ...exchange.answer.headers };
  if (body.stream !== true) return jsonReply({ ...response, ...exchange.answer.body }, headers);
  return {
    ...eventStreamReply(responseEvents(response, exchange.answer), headers),
    errorChunk: (error, index) =>
      `event: error\ndata: ${JSON.stringify({ type: "error", ...wordsOf(error), param: null, sequence_number: index })}\n\n`,
  };
}

const wordsOf = (error: ErrorBehaviour) => ({
  code: error.code ?? "server_error",
  message: error.message ?? "The server had an error while processing your request.",
});

function responseOf(exchange: Exchange): WireResponse {
  const { request, answer, ids } = exchange;
  const { body } = request;
  return {
    id: ids.nextHex("resp_", 50),
    object: "response",
    created_at: Math.floor(Date.now() / 1_000),
    status: answer.finish === "complete" ? "completed" : "incomplete",
    error: null,
    incomplete_details: incompleteDetails(answer),
    instructions: (body.instructions as string | undefined) ?? null,
    max_output_tokens: (body.max_output_tokens as number | undefined) ?? null,
    metadata: {},
    model: answer.model ?? requiredModel(exchange),
    output: outputOf(exchange),
    parallel_tool_calls: true,
    previous_response_id: (body.previous_response_id as string | undefined) ?? null,
    reasoning: { effort: null, summary: null },
    service_tier: (answer.serviceTier ?? "default") as "default",
    temperature: 1,
    text: { format: { type: "text" } },
    tool_choice: "auto",
    tools: (body.tools as OpenAI.Responses.Tool[] | undefined) ?? [],
    top_p: 1,
    truncation: "disabled",
    usage: answer.usage ? responsesUsage(answer.usage) : null,
  };
}

function incompleteDetails({ finish }: CompleteAnswer): OpenAI.Responses.Response.IncompleteDetails | null {
  if (finish === "length") return { reason: "max_output_tokens" };
  return finish === "refused" ? { reason: "content_filter" } : null;
}

function outputOf({ answer, ids }: Exchange): OutputItem[] {
  const reasoning = (answer.usage?.reasoning ?? 0) > 0;
  const searches = [...Array(answer.usage?.webSearches ?? 0).keys()];
  return [
    ...(reasoning ? [{ type: "reasoning" as const, id: ids.nextHex("rs_", 50), summary: [] }] : []),
    ...searches.map(
      (): OutputItem => ({
        type: "web_search_call",
        id: ids.nextHex("ws_", 50),
        status: "completed",
        action: { type: "search", query: "tides", queries: ["tides"] },
      }),
    ),
    ...answer.toolCalls.map((call) => ({
      type: "function_call" as const,
      id: ids.nextHex("fc_", 50),
      call_id: ids.next("call_", 24),
      name: call.name,
      arguments: JSON.stringify(call.arguments),
      status: "completed" as const,
    })),
    ...(answer.toolCalls.length === 0 ? [messageOf(answer.text, ids.nextHex("msg_", 50))] : []),
  ];
}

const messageOf = (text: string, id: string): OpenAI.Responses.ResponseOutputMessage => ({
  type: "message",
  id,
  status: "completed",
  role: "assistant",
  content: [{ type: "output_text", annotations: [], logprobs: [], text }],
});
