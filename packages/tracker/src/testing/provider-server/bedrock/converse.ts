import type { ConverseResponse, StopReason, TokenUsage } from "@aws-sdk/client-bedrock-runtime";
import type { AnswerUsage, CompleteAnswer } from "../answer.ts";
import type { IdSource } from "../ids.ts";
import { type Exchange, jsonReply, type Reply } from "../reply.ts";
import { bedrockStreamReply, eventMessage } from "./event-stream.ts";
import { bedrockHeaders } from "./headers.ts";

/** Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export function converse({ answer, ids }: Exchange): Reply {
  const body: Partial<ConverseResponse> = {
    metrics: { latencyMs: 412 },
    output: { message: { role: "assistant", content: blocksOf(answer, ids) } },
    stopReason: stopReason(answer),
    ...endOf(answer),
  };
  return jsonReply({ ...body, ...answer.body }, { ...bedrockHeaders(ids), ...answer.headers });
}

/** Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html */
export function converseStream({ answer, ids }: Exchange): Reply {
  const blocks = blocksOf(answer, ids).flatMap((block, contentBlockIndex) => [
    ...("toolUse" in block
      ? [eventMessage("contentBlockStart", { contentBlockIndex, start: { toolUse: startOf(block.toolUse) } })]
      : []),
    ...deltasOf(block, answer.pieces).map((delta) =>
      eventMessage("contentBlockDelta", { contentBlockIndex, delta }),
    ),
    eventMessage("contentBlockStop", { contentBlockIndex }),
  ]);
  const chunks = [
    eventMessage("messageStart", { role: "assistant" }),
    ...blocks,
    eventMessage("messageStop", { stopReason: stopReason(answer) }),
    eventMessage("metadata", { metrics: { latencyMs: 412 }, ...endOf(answer), ...answer.body }),
  ];
  return bedrockStreamReply(chunks, { ...bedrockHeaders(ids), ...answer.headers });
}

interface ToolUse {
  readonly toolUseId: string;
  readonly name: string;
  readonly input: { [name: string]: string };
}
type Block = { text: string } | { toolUse: ToolUse };

function blocksOf({ text, toolCalls }: CompleteAnswer, ids: IdSource): Block[] {
  if (toolCalls.length === 0) return [{ text }];
  return toolCalls.map(({ name, arguments: input }) => ({
    toolUse: { toolUseId: ids.next("tooluse_", 22), name, input: input as ToolUse["input"] },
  }));
}

const startOf = ({ toolUseId, name }: ToolUse) => ({ toolUseId, name });

function deltasOf(block: Block, pieces: readonly string[]): object[] {
  if ("toolUse" in block) return [{ toolUse: { input: JSON.stringify(block.toolUse.input) } }];
  return pieces.map((text) => ({ text }));
}

function stopReason({ finish, toolCalls }: CompleteAnswer): StopReason {
  if (finish === "length") return "max_tokens";
  if (finish === "refused") return "content_filtered";
  return toolCalls.length > 0 ? "tool_use" : "end_turn";
}

const endOf = ({ usage, serviceTier }: CompleteAnswer) => ({
  ...(usage && { usage: tokenUsage(usage) }),
  ...(serviceTier !== undefined && { serviceTier: { type: serviceTier as "priority" } }),
});

/** Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html */
function tokenUsage(usage: AnswerUsage): TokenUsage {
  const { input, cachedInput, cacheWrite, cacheWriteOneHour } = usage;
  const written = cacheWrite + cacheWriteOneHour;
  const output = usage.output + usage.reasoning;
  return {
    inputTokens: input,
    outputTokens: output,
    totalTokens: input + cachedInput + written + output,
    cacheReadInputTokens: cachedInput,
    cacheWriteInputTokens: written,
    ...(written > 0 && {
      cacheDetails: [
        { ttl: "5m" as const, inputTokens: cacheWrite },
        { ttl: "1h" as const, inputTokens: cacheWriteOneHour },
      ].filter(({ inputTokens }) => inputTokens > 0),
    }),
  };
}
