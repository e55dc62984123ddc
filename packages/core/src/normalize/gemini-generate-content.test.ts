import { describe, expect, it } from "vitest";
import { normalizeUsage } from "./normalize-usage.ts";

const read = (usageMetadata: object, more: object = {}, options: object = {}) =>
  normalizeUsage(
    "gemini.generate_content",
    { candidates: [], modelVersion: "gemini-3-flash-preview", responseId: "bptV", usageMetadata, ...more },
    options,
  );

const text = (tokenCount: number) => ({ modality: "TEXT", tokenCount });
const audio = (tokenCount: number) => ({ modality: "AUDIO", tokenCount });

describe("usage of generated content", () => {
  it("is read from an answer of Vertex AI as it comes, thoughts beside the candidates", () => {
    const answer = {
      candidates: [{ content: { role: "model", parts: [{ text: "…" }] }, finishReason: "STOP" }],
      usageMetadata: {
        promptTokenCount: 8,
        candidatesTokenCount: 677,
        totalTokenCount: 1132,
        trafficType: "ON_DEMAND",
        promptTokensDetails: [text(8)],
        candidatesTokensDetails: [text(677)],
        thoughtsTokenCount: 447,
      },
      modelVersion: "gemini-3-flash-preview",
      createTime: "2026-07-14T02:14:06.911390Z",
      responseId: "bptVap7QN-yN3dAPh4DzyAY",
    };
    expect(normalizeUsage("gemini.generate_content", answer, { region: "europe-west4" })).toEqual({
      service: "google",
      model: "gemini-3-flash-preview",
      requestId: "bptVap7QN-yN3dAPh4DzyAY",
      served: { tier: "standard", region: "europe-west4" },
      usage: { input: 8, output: 677, reasoning: 447 },
      usageProblems: [],
    });
  });

  // https://ai.google.dev/gemini-api/docs/caching
  it("has cached content inside the prompt, by modality", () => {
    const { usage, usageProblems } = read({
      promptTokenCount: 10_000,
      promptTokensDetails: [text(2_000), audio(8_000)],
      cachedContentTokenCount: 7_000,
      cacheTokensDetails: [text(1_000), audio(6_000)],
      candidatesTokenCount: 100,
      totalTokenCount: 10_100,
    });
    expect(usage).toEqual({
      input: 1_000,
      cache_read: 1_000,
      audio_input: 2_000,
      audio_cache_read: 6_000,
      output: 100,
    });
    expect(usageProblems).toEqual([]);
  });

  it("tells images, documents, video and sound of the prompt from its text", () => {
    const { usage } = read({
      promptTokenCount: 1_400,
      promptTokensDetails: [
        text(100),
        { modality: "IMAGE", tokenCount: 258 },
        { modality: "DOCUMENT", tokenCount: 516 },
        { modality: "VIDEO", tokenCount: 263 },
        audio(263),
      ],
      candidatesTokenCount: 5,
      totalTokenCount: 1_405,
    });
    expect(usage).toEqual({ input: 100, audio_input: 263, image_input: 774, video_input: 263, output: 5 });
  });

  // https://ai.google.dev/gemini-api/docs/image-generation: 1,290 tokens an image.
  it("tells images and sound of the candidates from their text", () => {
    const { usage } = read({
      promptTokenCount: 10,
      candidatesTokenCount: 1_310,
      candidatesTokensDetails: [{ modality: "IMAGE", tokenCount: 1_290 }],
      totalTokenCount: 1_320,
    });
    expect(usage).toEqual({ input: 10, output: 20, image_output: 1_290 });
  });

  it("has what tools brought beside the prompt", () => {
    const { usage, usageProblems } = read({
      promptTokenCount: 20,
      toolUsePromptTokenCount: 300,
      toolUsePromptTokensDetails: [text(300)],
      candidatesTokenCount: 50,
      thoughtsTokenCount: 30,
      totalTokenCount: 400,
    });
    expect(usage).toEqual({ input: 320, output: 50, reasoning: 30 });
    expect(usageProblems).toEqual([]);
  });

  it("has no output where the model only thought", () => {
    const { usage, usageProblems } = read({
      promptTokenCount: 20,
      thoughtsTokenCount: 30,
      totalTokenCount: 50,
    });
    expect(usage).toEqual({ input: 20, reasoning: 30 });
    expect(usageProblems).toEqual([]);
  });

  it("is told where the total is not the sum", () => {
    expect(
      read({ promptTokenCount: 20, candidatesTokenCount: 5, totalTokenCount: 30 }).usageProblems,
    ).toEqual(["usageMetadata.totalTokenCount is 30, and its parts add up to 25"]);
  });

  it("keeps tokens of a modality that nobody knows", () => {
    const { usage } = read({
      promptTokenCount: 20,
      promptTokensDetails: [{ modality: "SMELL", tokenCount: 7 }],
    });
    expect(usage).toEqual({ input: 20, x_modality_tokens: 7 });
  });

  it("is empty in a chunk that comes before the counts, or in an answer to a prompt that was blocked", () => {
    expect(read({ trafficType: "ON_DEMAND" }).usage).toEqual({});
    expect(
      read({ trafficType: "ON_DEMAND" }, { promptFeedback: { blockReason: "MODEL_ARMOR" } }),
    ).toMatchObject({
      usage: {},
      refusal: "before_output",
    });
  });
});

describe("the tier of generated content", () => {
  // https://github.com/googleapis/js-genai (TrafficType, ServiceTier)
  it.each([
    [{ trafficType: "ON_DEMAND_PRIORITY" }, "priority"],
    [{ trafficType: "ON_DEMAND_FLEX" }, "flex"],
    [{ trafficType: "ON_DEMAND_OFFPEAK" }, "offpeak"],
    [{ trafficType: "PROVISIONED_THROUGHPUT" }, "provisioned"],
    [{ trafficType: "TRAFFIC_TYPE_UNSPECIFIED" }, undefined],
    [{ serviceTier: "flex" }, "flex"],
    [{ serviceTier: "unspecified" }, undefined],
  ])("of %j is %s", (metadata, tier) => {
    expect(read({ promptTokenCount: 1, ...metadata }).served?.tier).toBe(tier);
  });

  it("that was asked for stands in the request's configuration", () => {
    const request = { model: "gemini-3-flash", contents: "…", config: { serviceTier: "priority" } };
    expect(read({ promptTokenCount: 1 }, {}, { request }).requested).toEqual({
      model: "gemini-3-flash",
      tier: "priority",
    });
  });
});

describe("grounding", () => {
  const grounded = (webSearchQueries: unknown[], more: object = {}) => ({
    candidates: [{ groundingMetadata: { webSearchQueries, ...more } }],
  });
  const searchesOf = (model: string, queries: unknown[]) =>
    read({ promptTokenCount: 1 }, { modelVersion: model, ...grounded(queries) }).usage.search;

  // https://ai.google.dev/gemini-api/docs/google-search: unique queries count, empty ones do not.
  it("is billed by query from Gemini 3 on, the same one once and an empty one never", () => {
    const queries = [
      "",
      "best equity crowdfunding platforms 2026",
      "",
      "Wefunder vs Republic",
      "Wefunder vs Republic",
    ];
    expect(searchesOf("gemini-3-flash-preview", queries)).toBe(2);
    expect(searchesOf("gemini-3.8-flash", ["a"])).toBe(1);
  });

  it("is billed by prompt before", () => {
    expect(searchesOf("gemini-2.5-pro", ["a", "b", "c"])).toBe(1);
    expect(searchesOf("google/gemini-2.5-pro", ["a", "b"])).toBe(1);
  });

  it("is absent where nothing was searched for", () => {
    expect(searchesOf("gemini-3-flash-preview", [])).toBeUndefined();
    expect(searchesOf("gemini-2.5-pro", [""])).toBeUndefined();
  });

  it("in maps or in one's own data has no unit that we could price", () => {
    const maps = grounded([], { groundingChunks: [{ web: {} }, { maps: { uri: "https://…" } }] });
    const own = grounded([], { retrievalQueries: ["a", "b"] });
    expect(read({ promptTokenCount: 1 }, maps).usage).toEqual({ input: 1, x_maps_grounding: 1 });
    expect(read({ promptTokenCount: 1 }, own).usage).toEqual({ input: 1, x_retrieval_grounding: 1 });
  });
});
