import { messageOf } from "../anthropic/messages.ts";
import { messageEventObjects } from "../anthropic/stream.ts";
import { type Exchange, jsonReply, type Reply } from "../reply.ts";
import { bedrockStreamReply, eventMessage } from "./event-stream.ts";
import { bedrockHeaders, countHeaders, invocationMetrics } from "./headers.ts";

/** The body is the model maker's own. Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html */
export function invokeModel(exchange: Exchange): Reply {
  const { answer, ids } = exchange;
  const headers = { ...bedrockHeaders(ids), ...countHeaders(answer.usage), ...answer.headers };
  return jsonReply({ ...familyOf(exchange).whole(exchange), ...answer.body }, headers);
}

/** The last chunk tells the counts beside the model's own words. */
export function invokeModelWithResponseStream(exchange: Exchange): Reply {
  const { answer, ids } = exchange;
  const parts = familyOf(exchange).parts(exchange);
  const chunks = parts.map((part, index) => {
    const last = index === parts.length - 1;
    const metrics = answer.usage && { "amazon-bedrock-invocationMetrics": invocationMetrics(answer.usage) };
    const text = JSON.stringify({ ...part, ...(last && metrics), ...(last && answer.body) });
    return eventMessage("chunk", { bytes: Buffer.from(text).toString("base64"), p: "abcdefghij" });
  });
  const headers = {
    "x-amzn-bedrock-content-type": "application/json",
    ...bedrockHeaders(ids),
    ...answer.headers,
  };
  return bedrockStreamReply(chunks, headers);
}

interface Family {
  readonly whole: (exchange: Exchange) => object;
  readonly parts: (exchange: Exchange) => readonly object[];
}

const anthropic: Family = {
  whole: (exchange) => messageOf(withModel(exchange)),
  parts: (exchange) => messageEventObjects(messageOf(withModel(exchange)), { ...exchange.answer, body: {} }),
};

/** Its answers name no model as it was asked for, but Anthropic's own name of it. */
function withModel(exchange: Exchange): Exchange {
  const model = /anthropic\.(.+?)(-v\d+(:\d+)?)?$/.exec(modelOf(exchange))?.[1] ?? modelOf(exchange);
  return { ...exchange, answer: { ...exchange.answer, model: exchange.answer.model ?? model } };
}

const nova: Family = {
  whole: ({ answer }) => ({
    output: { message: { content: [{ text: answer.text }], role: "assistant" } },
    stopReason: "end_turn",
    ...(answer.usage && { usage: novaUsage(answer.usage) }),
  }),
  parts: ({ answer }) => [
    { messageStart: { role: "assistant" } },
    ...answer.pieces.map((text) => ({ contentBlockDelta: { delta: { text }, contentBlockIndex: 0 } })),
    { contentBlockStop: { contentBlockIndex: 0 } },
    { messageStop: { stopReason: "end_turn" } },
    { metadata: { ...(answer.usage && { usage: novaUsage(answer.usage) }), metrics: {}, trace: {} } },
  ],
};

const novaUsage = (usage: NonNullable<Exchange["answer"]["usage"]>) => ({
  inputTokens: usage.input,
  outputTokens: usage.output,
  totalTokens: usage.input + usage.output,
  cacheReadInputTokenCount: usage.cachedInput,
  cacheWriteInputTokenCount: usage.cacheWrite,
});

const titanEmbedding: Family = {
  whole: ({ answer }) => ({
    embedding: [1, 0, 0, 0],
    ...(answer.usage && { inputTextTokenCount: answer.usage.input }),
  }),
  parts: (exchange) => [titanEmbedding.whole(exchange)],
};

const llama: Family = {
  whole: ({ answer }) => llamaPart(answer.text, answer),
  parts: ({ answer }) => answer.pieces.map((piece) => llamaPart(piece, answer)),
};

const llamaPart = (generation: string, { usage, finish }: Exchange["answer"]) => ({
  generation,
  ...(usage && { prompt_token_count: usage.input, generation_token_count: usage.output }),
  stop_reason: finish === "length" ? "length" : "stop",
});

function familyOf(exchange: Exchange): Family {
  const model = modelOf(exchange);
  if (model.includes("anthropic.")) return anthropic;
  if (model.includes("amazon.nova")) return nova;
  return model.includes("embed") ? titanEmbedding : llama;
}

const modelOf = ({ parameters }: Exchange): string => parameters[0] ?? "";
