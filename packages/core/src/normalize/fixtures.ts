import fc from "fast-check";
import type { UsageFormatName } from "./normalize-usage.ts";

const chat = {
  id: "chatcmpl-1",
  model: "gpt-5.6",
  object: "chat.completion",
  choices: [{ message: { content: "Good day", refusal: null }, finish_reason: "stop" }],
  service_tier: "default",
  usage: {
    prompt_tokens: 500,
    completion_tokens: 200,
    total_tokens: 700,
    prompt_tokens_details: {
      cached_tokens: 100,
      cache_write_tokens: 50,
      audio_tokens: 20,
      image_tokens: 30,
      text_tokens: 450,
      cached_tokens_details: { text_tokens: 90, image_tokens: 10 },
    },
    completion_tokens_details: { reasoning_tokens: 60, audio_tokens: 10, rejected_prediction_tokens: 4 },
    prompt_cache_hit_tokens: 100,
    prompt_cache_miss_tokens: 400,
    num_search_queries: 2,
    cost: 0.001,
    cost_in_usd_ticks: 10_000_000,
  },
};
const tokens = {
  input_tokens: 100,
  cache_read_input_tokens: 40,
  cache_creation_input_tokens: 30,
  cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
  output_tokens: 50,
};
const message = {
  id: "msg_1",
  type: "message",
  model: "claude-sonnet-4-5",
  stop_reason: "refusal",
  content: [{ type: "text", text: "Good day" }],
  usage: {
    ...tokens,
    output_tokens_details: { thinking_tokens: 9 },
    server_tool_use: { web_search_requests: 1, code_execution_requests: 1 },
    service_tier: "standard",
    inference_geo: "us",
    iterations: [
      { type: "message", ...tokens },
      { type: "advisor_message", model: "claude-opus-4-8", ...tokens },
      { type: "message", model: "claude-haiku-4-5", ...tokens },
    ],
  },
};
const metadata = {
  promptTokenCount: 300,
  cachedContentTokenCount: 100,
  candidatesTokenCount: 50,
  thoughtsTokenCount: 20,
  toolUsePromptTokenCount: 30,
  totalTokenCount: 400,
  promptTokensDetails: [
    { modality: "TEXT", tokenCount: 250 },
    { modality: "AUDIO", tokenCount: 50 },
  ],
  cacheTokensDetails: [{ modality: "TEXT", tokenCount: 100 }],
  trafficType: "ON_DEMAND",
};

/** Answers of each format that tell as much as such answers can. */
export const fullAnswers: Readonly<Record<UsageFormatName, object>> = {
  "openai.chat": chat,
  "openai.responses": {
    id: "resp_1",
    model: "gpt-5",
    status: "failed",
    error: { code: "server_error", message: "It broke" },
    service_tier: "flex",
    tools: [{ type: "image_generation", model: "gpt-image-1" }],
    output: [
      { type: "web_search_call", status: "completed", action: { type: "search", query: "tides" } },
      { type: "code_interpreter_call", container_id: "cntr_1" },
      { type: "image_generation_call", svg_usage: { model: "gpt-5", input_tokens: 5, output_tokens: 5 } },
    ],
    tool_usage: {
      web_search: { num_requests: 1 },
      image_gen: { input_tokens: 10, output_tokens: 20, total_tokens: 30 },
    },
    usage: {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 40 },
      output_tokens: 50,
      output_tokens_details: { reasoning_tokens: 9 },
      total_tokens: 150,
    },
  },
  "openai.embeddings": { object: "list", model: "e", data: [], usage: { prompt_tokens: 5, total_tokens: 5 } },
  "openai.transcription": { text: "Good day", duration: 4.2, usage: { type: "duration", seconds: 5 } },
  "openai.speech": { type: "speech.audio.done", usage: { input_tokens: 5, output_tokens: 9 } },
  "openai.images": {
    size: "1024x1024",
    quality: "high",
    data: [{ b64_json: "", revised_prompt: "A fox" }],
    usage: { input_tokens: 9, input_tokens_details: { image_tokens: 4 }, output_tokens: 99 },
  },
  "openai.batch_line": {
    id: "batch_req_1",
    custom_id: "mine",
    response: { status_code: 200, request_id: "req_1", body: chat },
    error: null,
  },
  "anthropic.messages": message,
  "anthropic.batch_line": { custom_id: "mine", result: { type: "succeeded", message } },
  "gemini.generate_content": {
    responseId: "r-1",
    modelVersion: "gemini-3-pro",
    candidates: [{ groundingMetadata: { webSearchQueries: ["tides"], retrievalQueries: ["moon"] } }],
    promptFeedback: { blockReason: "SAFETY" },
    usageMetadata: metadata,
  },
  "gemini.embeddings": {
    modelVersion: "gemini-embedding-2",
    embeddings: [{ statistics: { tokenCount: 4 } }],
    predictions: [{ embeddings: { statistics: { token_count: 4 } } }],
    metadata: { billableCharacterCount: 30 },
    usageMetadata: metadata,
  },
  "bedrock.converse": {
    output: { message: { content: [{ text: "Good day" }] } },
    stopReason: "refusal",
    serviceTier: { type: "flex" },
    trace: { promptRouter: { invokedModelId: "us.anthropic.claude-sonnet-4-5-20250929-v1:0" } },
    usage: {
      inputTokens: 100,
      cacheReadInputTokens: 40,
      cacheWriteInputTokens: 30,
      cacheDetails: [
        { ttl: "1h", inputTokens: 20 },
        { ttl: "5m", inputTokens: 10 },
      ],
      outputTokens: 50,
      totalTokens: 220,
    },
  },
  cohere: {
    id: "c-1",
    usage: { billed_units: { input_tokens: 5, output_tokens: 9, search_units: 1, classifications: 2 } },
  },
  "opentelemetry.span": {
    "gen_ai.provider.name": "openai",
    "gen_ai.response.id": "chatcmpl-1",
    "gen_ai.request.model": "gpt-5",
    "gen_ai.response.model": "gpt-5-2025-08-07",
    "gen_ai.output.messages": "Good day",
    "gen_ai.usage.input_tokens": 100,
    "gen_ai.usage.cache_read.input_tokens": 40,
    "gen_ai.usage.cache_write.input_tokens": 20,
    "gen_ai.usage.output_tokens": 50,
    "gen_ai.usage.reasoning.output_tokens": 9,
    "openai.response.service_tier": "flex",
    "error.type": "timeout",
  },
};

/** The answer with something else in some places, with some left out, and with some of another name. */
export function disturbed(answer: unknown, other: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const same = Array.isArray(answer)
    ? fc.tuple(...answer.map((item: unknown) => disturbed(item, other)))
    : typeof answer === "object" && answer !== null
      ? disturbedMembers(answer, other)
      : fc.constant(answer);
  return fc.oneof({ weight: 12, arbitrary: same }, { weight: 1, arbitrary: other });
}

function disturbedMembers(answer: object, other: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const members = Object.entries(answer).map(([name, value]): [string, fc.Arbitrary<unknown>] => [
    name,
    fc.option(disturbed(value, other), { freq: 15, nil: undefined }),
  ]);
  const odd = fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("dream_tokens", "oddPages")), other, {
    maxKeys: 2,
  });
  return fc
    .tuple(fc.record(Object.fromEntries(members)), odd)
    .map(([kept, added]) => ({ ...added, ...kept }));
}
