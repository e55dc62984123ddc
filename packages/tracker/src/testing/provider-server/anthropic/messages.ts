import type Anthropic from "@anthropic-ai/sdk";
import type { CompleteAnswer } from "../answer.ts";
import { type Exchange, eventStreamReply, jsonReply, Refusal, type Reply } from "../reply.ts";
import { contentOf } from "./content.ts";
import { anthropicHeaders } from "./headers.ts";
import { messageEvents } from "./stream.ts";
import { messageUsage } from "./usage.ts";

/** Source: https://platform.claude.com/docs/en/api/messages/create */
export function createMessage(exchange: Exchange): Reply {
  const { body } = exchange.request;
  for (const field of ["model", "max_tokens", "messages"])
    if (body[field] === undefined) throw new Refusal({ status: 400, message: `${field}: Field required` });
  const headers = { ...anthropicHeaders(exchange.ids), ...exchange.answer.headers };
  const message = messageOf(exchange);
  if (body.stream === true) return eventStreamReply(messageEvents(message, exchange.answer), headers);
  return jsonReply({ ...message, ...exchange.answer.body }, headers);
}

export function messageOf({ request, answer, ids }: Exchange): Partial<Anthropic.Message> {
  return {
    id: ids.next("msg_01", 22),
    type: "message",
    role: "assistant",
    model: answer.model ?? String(request.body.model),
    content: contentOf(answer, ids),
    stop_reason: stopReason(answer),
    stop_sequence: null,
    ...(answer.usage && { usage: messageUsage(answer.usage, answer.serviceTier) }),
  };
}

function stopReason({ finish, toolCalls }: CompleteAnswer): Anthropic.StopReason {
  if (finish === "length") return "max_tokens";
  if (finish === "refused") return "refusal";
  return toolCalls.length > 0 ? "tool_use" : "end_turn";
}
