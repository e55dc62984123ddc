import type Anthropic from "@anthropic-ai/sdk";
import type { CompleteAnswer } from "../answer.ts";
import { deltaUsage } from "./usage.ts";

type Event = { readonly type: string };

/**
 * One event a chunk: `message_start` (with the input's counts), blocks with their deltas and a `ping` after the first has
 * begun, `message_delta` (with the output's), `message_stop`.
 * Source: https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export function messageEvents(message: Partial<Anthropic.Message>, answer: CompleteAnswer): string[] {
  return messageEventObjects(message, answer).map(
    (event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`,
  );
}

export function messageEventObjects(message: Partial<Anthropic.Message>, answer: CompleteAnswer): Event[] {
  const { usage, stop_reason, stop_sequence, content = [] } = message;
  const begun = usage && { ...usage, output_tokens: 1, output_tokens_details: null, server_tool_use: null };
  const start = {
    type: "message_start",
    message: { ...message, content: [], stop_reason: null, ...(begun && { usage: begun }) },
  };
  const delta = {
    type: "message_delta",
    delta: { stop_reason, stop_sequence },
    ...(usage && { usage: deltaUsage(usage) }),
    ...answer.body,
  };
  const [first, ...others] = content.flatMap((block, index) => blockEvents(block, index, answer.pieces));
  const blocks = first ? [first, { type: "ping" }, ...others] : [{ type: "ping" }];
  return [start, ...blocks, delta, { type: "message_stop" }];
}

function blockEvents(block: Anthropic.ContentBlock, index: number, pieces: readonly string[]): Event[] {
  const { begun, deltas } = blockParts(block, pieces);
  return [
    { type: "content_block_start", index, content_block: begun } as Event,
    ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index } as Event,
  ];
}

function blockParts(block: Anthropic.ContentBlock, pieces: readonly string[]) {
  switch (block.type) {
    case "text":
      return { begun: { ...block, text: "" }, deltas: pieces.map((text) => ({ type: "text_delta", text })) };
    case "thinking":
      return {
        begun: { ...block, thinking: "", signature: "" },
        deltas: [
          { type: "thinking_delta", thinking: block.thinking },
          { type: "signature_delta", signature: block.signature },
        ],
      };
    case "tool_use":
    case "server_tool_use":
      return {
        begun: { ...block, input: {} },
        deltas: ["", JSON.stringify(block.input)].map((partial_json) => ({
          type: "input_json_delta",
          partial_json,
        })),
      };
    default:
      return { begun: block, deltas: [] };
  }
}
