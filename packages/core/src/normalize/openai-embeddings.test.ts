import { describe, expect, it } from "vitest";
import { normalizeUsage } from "./normalize-usage.ts";

describe("usage of embeddings", () => {
  // https://developers.openai.com/api/docs/api-reference/embeddings/create
  it("is the prompt", () => {
    const answer = {
      object: "list",
      data: [{ object: "embedding", embedding: [0.0023064255, -0.009327292], index: 0 }],
      model: "text-embedding-ada-002",
      usage: { prompt_tokens: 8, total_tokens: 8 },
    };
    expect(normalizeUsage("openai.embeddings", answer)).toEqual({
      service: "openai",
      model: "text-embedding-ada-002",
      usage: { input: 8 },
      usageProblems: [],
    });
  });

  // https://docs.voyageai.com/reference/embeddings-api
  it("is the total where that alone is told", () => {
    const answer = { object: "list", data: [], model: "voyage-3.5", usage: { total_tokens: 10 } };
    expect(normalizeUsage("openai.embeddings", answer, { service: "voyageai" })).toMatchObject({
      service: "voyageai",
      usage: { input: 10 },
    });
  });

  it("is told when the total is not the prompt", () => {
    const answer = { object: "list", data: [], usage: { prompt_tokens: 8, total_tokens: 9 } };
    expect(normalizeUsage("openai.embeddings", answer).usageProblems).toEqual([
      "usage.total_tokens is 9, and the prompt 8",
    ]);
  });
});
