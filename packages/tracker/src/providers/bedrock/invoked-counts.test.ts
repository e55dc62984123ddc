import { describe, expect, it } from "vitest";
import { countsInBody, countsInHeaders, parsedBytes } from "./invoked-counts.ts";

describe("counts of an invoked model", () => {
  it.each([
    ["Anthropic", { usage: { input_tokens: 3, output_tokens: 4 } }, { inputTokens: 3, outputTokens: 4 }],
    [
      "Anthropic, written to a cache for an hour",
      {
        usage: {
          input_tokens: 3,
          output_tokens: 4,
          cache_creation_input_tokens: 9,
          cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 9 },
        },
      },
      {
        inputTokens: 3,
        outputTokens: 4,
        cacheWriteInputTokens: 9,
        cacheDetails: [{ ttl: "1h", inputTokens: 9 }],
      },
    ],
    [
      "OpenAI and Mistral",
      { usage: { prompt_tokens: 3, completion_tokens: 4 } },
      { inputTokens: 3, outputTokens: 4 },
    ],
    ["Meta", { prompt_token_count: 3, generation_token_count: 4 }, { inputTokens: 3, outputTokens: 4 }],
    [
      "Titan",
      { inputTextTokenCount: 3, results: [{ tokenCount: 4 }, { tokenCount: 1 }] },
      { inputTokens: 3, outputTokens: 5 },
    ],
    [
      "Cohere",
      { meta: { billed_units: { input_tokens: 3, output_tokens: 4 } } },
      { inputTokens: 3, outputTokens: 4 },
    ],
    [
      "Nova",
      { usage: { inputTokens: 3, outputTokens: 4, cacheReadInputTokenCount: 5 } },
      { inputTokens: 3, outputTokens: 4, cacheReadInputTokens: 5 },
    ],
  ])("are found as %s tells them", (_, body, expected) => {
    expect(countsInBody(body)).toEqual(expected);
  });

  it.each([[null], ["text"], [{}], [[]], [{ usage: { input_tokens: "3" } }]])("are none in %j", (body) => {
    expect(countsInBody(body)).toBeUndefined();
  });

  it("are read from headers, of which the input's must be there", () => {
    expect(countsInHeaders({ "x-amzn-bedrock-input-token-count": "3" })).toEqual({ inputTokens: 3 });
    expect(countsInHeaders({ "x-amzn-bedrock-output-token-count": "3" })).toBeUndefined();
    expect(countsInHeaders(undefined)).toBeUndefined();
  });

  it("need a body that is JSON", () => {
    expect(parsedBytes(new TextEncoder().encode("plain text"))).toBeUndefined();
    expect(parsedBytes(undefined)).toBeUndefined();
  });
});
