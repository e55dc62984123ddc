import { describe, expect, it } from "vitest";
import { normalizeUsage } from "./normalize-usage.ts";

const usageOf = (answer: object) => normalizeUsage("gemini.embeddings", answer).usage;

describe("usage of Gemini embeddings", () => {
  // https://github.com/googleapis/js-genai (EmbedContentResponse)
  it("is that of the whole answer where it is told", () => {
    const usageMetadata = {
      promptTokenCount: 270,
      totalTokenCount: 270,
      promptTokensDetails: [
        { modality: "TEXT", tokenCount: 12 },
        { modality: "IMAGE", tokenCount: 258 },
      ],
    };
    expect(usageOf({ embeddings: [{ values: [0.1] }], usageMetadata })).toEqual({
      input: 12,
      image_input: 258,
    });
  });

  it("is told text by text by Vertex AI", () => {
    expect(
      usageOf({
        embeddings: [
          { values: [0.1], statistics: { truncated: false, tokenCount: 4 } },
          { values: [0.2], statistics: { truncated: false, tokenCount: 7 } },
        ],
        metadata: { billableCharacterCount: 43 },
      }),
    ).toEqual({ input: 11 });
    // https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
    const predictions = [{ embeddings: { statistics: { truncated: false, token_count: 6 }, values: [0.1] } }];
    expect(usageOf({ predictions })).toEqual({ input: 6 });
  });

  it("is in characters of older models, and not told at all by some", () => {
    expect(usageOf({ embeddings: [{ values: [0.1] }], metadata: { billableCharacterCount: 43 } })).toEqual({
      character: 43,
    });
    expect(
      normalizeUsage(
        "gemini.embeddings",
        { embedding: { values: [0.1] } },
        { request: { model: "models/gemini-embedding-001" } },
      ),
    ).toMatchObject({
      model: "models/gemini-embedding-001",
      usage: {},
    });
  });
});
