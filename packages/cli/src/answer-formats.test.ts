import { describe, expect, it } from "vitest";
import { guessFormats } from "./answer-formats.ts";

describe("format of a provider's answer", () => {
  it.each([
    ["openai.chat", { object: "chat.completion", usage: { prompt_tokens: 1 } }],
    ["openai.responses", { object: "response", usage: { input_tokens: 1 } }],
    ["openai.responses", { type: "response.completed", response: {} }],
    ["openai.embeddings", { object: "list", data: [{ object: "embedding" }], usage: { prompt_tokens: 1 } }],
    ["openai.images", { created: 1, data: [{ b64_json: "…" }] }],
    ["openai.transcription", { text: "…", usage: { type: "duration", seconds: 3 } }],
    ["openai.batch_line", { id: "batch_req_1", custom_id: "a", response: { status_code: 200 }, error: null }],
    [
      "anthropic.messages",
      { type: "message", role: "assistant", usage: { input_tokens: 1, output_tokens: 1 } },
    ],
    ["anthropic.batch_line", { custom_id: "a", result: { type: "succeeded" } }],
    ["gemini.generate_content", { candidates: [], usageMetadata: { promptTokenCount: 1 } }],
    [
      "bedrock.converse",
      { output: {}, stopReason: "end_turn", usage: { inputTokens: 1 }, metrics: { latencyMs: 1 } },
    ],
    ["cohere", { id: "a", usage: { billed_units: { input_tokens: 1 } } }],
    ["cohere", { id: "a", meta: { billed_units: { search_units: 1 } } }],
    ["opentelemetry.span", { attributes: [{ key: "gen_ai.system", value: { stringValue: "openai" } }] }],
    ["opentelemetry.span", { attributes: { "gen_ai.provider.name": "openai" } }],
    ["opentelemetry.span", { "gen_ai.usage.input_tokens": 5 }],
  ])("is told as %s by its shape", (format, answer) => {
    expect(guessFormats(answer)).toEqual([format]);
  });

  it.each([
    ["nothing", {}],
    ["an answer of one's own", { usage: { tokens: 5 } }],
    ["a chunk of a stream", { object: "chat.completion.chunk", usage: null }],
    ["an error", { error: { type: "invalid_request_error" } }],
  ])("is not guessed for %s", (_, answer) => {
    expect(guessFormats(answer)).toEqual([]);
  });
});
