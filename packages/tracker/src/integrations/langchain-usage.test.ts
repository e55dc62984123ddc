import { AIMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { readRunEnd } from "./langchain-usage.ts";

const ofMessage = (fields: ConstructorParameters<typeof AIMessage>[0]) => ({
  generations: [[{ text: "", message: new AIMessage(fields) }]],
});

describe("the end of a run of LangChain", () => {
  it("tells its usage in parts that lie inside each other", () => {
    const usage_metadata = {
      input_tokens: 30,
      output_tokens: 24,
      total_tokens: 54,
      input_token_details: { cache_read: 7, cache_creation: 5, audio: 3 },
      output_token_details: { reasoning: 13, audio: 2 },
    };
    const output = ofMessage({ content: "", usage_metadata });
    expect(readRunEnd(output, "anthropic", "claude-1").usage).toEqual({
      input: 15,
      cache_read: 7,
      cache_write_5m: 5,
      audio_input: 3,
      output: 9,
      reasoning: 13,
      audio_output: 2,
    });
    expect(readRunEnd(output, "openai", "gpt-1").usage).toMatchObject({ cache_write_30m: 5 });
  });

  it("tells what was written to a cache for an hour apart", () => {
    const input_token_details = { cache_creation: 5, ephemeral_1h_input_tokens: 4 };
    const usage_metadata = { input_tokens: 9, output_tokens: 1, total_tokens: 10, input_token_details };
    expect(readRunEnd(ofMessage({ content: "", usage_metadata }), "anthropic", undefined).usage).toEqual({
      input: 4,
      cache_write_5m: 1,
      cache_write_1h: 4,
      output: 1,
    });
  });

  it("tells it beside the answer with older models", () => {
    const tokenUsage = { promptTokens: 5, completionTokens: 11, totalTokens: 16 };
    const output = { generations: [[{ text: "" }]], llmOutput: { tokenUsage } };
    expect(readRunEnd(output, "openai", "davinci")).toMatchObject({
      model: "davinci",
      usage: { input: 5, output: 11 },
    });
  });

  it("names the provider's model, tier and id, and no id of LangChain's", () => {
    const response_metadata = { model_name: "gpt-4o-2024-08-06", service_tier: "default" };
    const read = readRunEnd(
      ofMessage({ content: "", id: "chatcmpl-1", response_metadata }),
      "openai",
      "gpt-4o",
    );
    expect(read).toMatchObject({
      model: "gpt-4o-2024-08-06",
      requestId: "chatcmpl-1",
      served: { tier: "standard" },
    });
    expect(readRunEnd(ofMessage({ content: "", id: "run-1" }), "openai", "gpt-4o").requestId).toBeUndefined();
  });

  it.each([[undefined], [{}], [{ generations: [] }], [{ generations: [[]] }]])(
    "may tell nothing: %j",
    (output) => {
      expect(readRunEnd(output, "openai", "gpt-4o")).toMatchObject({ model: "gpt-4o", usage: {} });
    },
  );
});
