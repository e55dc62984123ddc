import type OpenAI from "openai";
import type { CompleteAnswer, ToolCall } from "../answer.ts";
import { type Exchange, eventStreamReply, jsonReply, Refusal, type Reply } from "../reply.ts";
import { openAIHeaders } from "./headers.ts";
import { requiredModel } from "./require.ts";
import { chatUsage } from "./usage.ts";

type Completion = OpenAI.Chat.Completions.ChatCompletion;
type Chunk = OpenAI.Chat.Completions.ChatCompletionChunk;
type Delta = Chunk["choices"][number]["delta"];
type FinishReason = Completion["choices"][number]["finish_reason"];

/** Source: https://developers.openai.com/api/docs/api-reference/chat/object and …/chat-streaming */
export function createChatCompletion(exchange: Exchange): Reply {
  const { body } = exchange.request;
  requiredModel(exchange);
  if (body.stream_options != null && body.stream !== true)
    throw new Refusal({
      status: 400,
      message: "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
    });
  const headers = { ...openAIHeaders(exchange.ids), ...exchange.answer.headers };
  if (body.stream !== true) return jsonReply({ ...completionOf(exchange), ...exchange.answer.body }, headers);
  const chunks = chunksOf(exchange).map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`);
  return eventStreamReply([...chunks, "data: [DONE]\n\n"], headers);
}

function completionOf(exchange: Exchange): Completion {
  const { answer, ids } = exchange;
  const message: Completion["choices"][number]["message"] = {
    role: "assistant",
    content: answer.toolCalls.length > 0 ? null : answer.text,
    refusal: null,
    annotations: [],
    ...(answer.toolCalls.length > 0 && {
      tool_calls: answer.toolCalls.map((call) => ({ ...functionCall(call, ids.next("call_", 24)) })),
    }),
  };
  return {
    ...envelopeOf(exchange),
    object: "chat.completion",
    choices: indexesOf(exchange).map((index) => ({
      index,
      message,
      logprobs: null,
      finish_reason: finishReason(answer),
    })),
    ...(answer.usage && { usage: chatUsage(answer.usage) }),
  };
}

function chunksOf(exchange: Exchange): Chunk[] {
  const { answer, request } = exchange;
  const options = request.body.stream_options as { include_usage?: boolean } | null | undefined;
  const tellsUsage = options?.include_usage === true && answer.usage !== undefined;
  const envelope = { ...envelopeOf(exchange), object: "chat.completion.chunk" as const };
  const chunk = (choices: Chunk["choices"]): Chunk => ({
    ...envelope,
    choices,
    ...(tellsUsage && { usage: null }),
  });
  const chunks = deltasOf(exchange).flatMap((delta) =>
    indexesOf(exchange).map((index) => chunk([{ index, delta, logprobs: null, finish_reason: null }])),
  );
  const last = indexesOf(exchange).map((index) =>
    chunk([{ index, delta: {}, logprobs: null, finish_reason: finishReason(answer) }]),
  );
  const usage =
    tellsUsage && answer.usage ? [{ ...chunk([]), usage: chatUsage(answer.usage), ...answer.body }] : [];
  return [...chunks, ...last, ...usage];
}

function deltasOf({ answer, ids }: Exchange): Delta[] {
  const begin = { role: "assistant" as const, refusal: null };
  if (answer.toolCalls.length === 0)
    return [{ ...begin, content: "" }, ...answer.pieces.map((content) => ({ content }))];
  return [
    { ...begin, content: null },
    ...answer.toolCalls.flatMap((call, index) => {
      const whole = functionCall(call, ids.next("call_", 24));
      const { arguments: text, name } = whole.function;
      return [
        { tool_calls: [{ index, ...whole, function: { name, arguments: "" } }] },
        { tool_calls: [{ index, function: { arguments: text } }] },
      ];
    }),
  ];
}

function envelopeOf({ request, answer, ids }: Exchange) {
  const tier =
    answer.serviceTier ?? (request.body.service_tier === "auto" ? "default" : request.body.service_tier);
  return {
    id: ids.next("chatcmpl-", 29),
    created: Math.floor(Date.now() / 1_000),
    model: answer.model ?? String(request.body.model),
    service_tier: (tier ?? "default") as Completion["service_tier"] & string,
    system_fingerprint: "fp_560af6e559",
  };
}

const indexesOf = ({ request }: Exchange): number[] => [...Array(Number(request.body.n ?? 1)).keys()];

const functionCall = (call: ToolCall, id: string) => ({
  id,
  type: "function" as const,
  function: { name: call.name, arguments: JSON.stringify(call.arguments) },
});

function finishReason({ finish, toolCalls }: CompleteAnswer): FinishReason {
  if (finish === "length") return "length";
  if (finish === "refused") return "content_filter";
  return toolCalls.length > 0 ? "tool_calls" : "stop";
}
