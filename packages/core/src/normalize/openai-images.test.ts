import { describe, expect, it } from "vitest";
import { normalizeUsage } from "./normalize-usage.ts";

describe("usage of images", () => {
  // https://developers.openai.com/api/docs/api-reference/images/create, the answer of the example.
  it("is in tokens by modality, all output being image unless told otherwise", () => {
    const answer = {
      created: 1713833628,
      data: [{ b64_json: "iVBORw0" }],
      background: "transparent",
      output_format: "png",
      size: "1024x1024",
      quality: "high",
      usage: {
        total_tokens: 100,
        input_tokens: 50,
        output_tokens: 50,
        input_tokens_details: { text_tokens: 10, image_tokens: 40 },
      },
    };
    expect(
      normalizeUsage("openai.images", answer, { request: { model: "gpt-image-1", size: "auto" } }),
    ).toEqual({
      service: "openai",
      model: "gpt-image-1",
      served: { size: "1024x1024", quality: "high" },
      requested: { model: "gpt-image-1" },
      usage: { input: 10, image_input: 40, output: 0, image_output: 50 },
      usageProblems: [],
    });
  });

  it("tells text of the output from images", () => {
    const usage = {
      total_tokens: 160,
      input_tokens: 50,
      output_tokens: 110,
      input_tokens_details: { text_tokens: 50, image_tokens: 0 },
      output_tokens_details: { text_tokens: 10, image_tokens: 100 },
    };
    expect(normalizeUsage("openai.images", { data: [{}], usage }).usage).toEqual({
      input: 50,
      image_input: 0,
      output: 10,
      image_output: 100,
    });
  });

  it("is a number of images of a size and quality, where there are no tokens", () => {
    const answer = { created: 1589478378, data: [{ url: "https://…" }, { url: "https://…" }] };
    const imagesFor = (request: object) => {
      const { usage, served } = normalizeUsage("openai.images", answer, { request });
      return { usage, served };
    };
    expect(imagesFor({ model: "dall-e-3", n: 2, size: "1792x1024", quality: "hd" })).toEqual({
      usage: { image: 2 },
      served: { size: "1792x1024", quality: "hd" },
    });
    expect(imagesFor({ model: "dall-e-2" }).served).toEqual({ size: "1024x1024", quality: "standard" });
    expect(imagesFor({ model: "some-model", size: "auto" }).served).toBeUndefined();
  });

  // https://docs.x.ai/developers/cost-tracking: an image for 200,000,000 ticks.
  it("keeps the provider's own figure beside the number of images", () => {
    const answer = { data: [{ url: "https://…" }], usage: { cost_in_usd_ticks: 200_000_000 } };
    const result = normalizeUsage("openai.images", answer, {
      service: "xai",
      request: { model: "grok-imagine" },
    });
    expect(result.usage).toEqual({ image: 1 });
    expect(result.reportedCost).toBe("0.02");
  });

  // https://github.com/openai/openai-node/blob/v7.57.0/src/resources/images.ts (SvgUsage)
  it("has the writing of a drawing as usage of another model", () => {
    const answer = {
      data: [{ b64_json: "PHN2" }],
      usage: {
        input_tokens: 5,
        output_tokens: 20,
        total_tokens: 25,
        input_tokens_details: { text_tokens: 5, image_tokens: 0 },
      },
      svg_usage: {
        model: "gpt-6.1-sol",
        input_tokens: 70,
        output_tokens: 300,
        reasoning_tokens: 100,
        total_tokens: 370,
      },
    };
    expect(normalizeUsage("openai.images", answer).alsoUsed).toEqual([
      { model: "gpt-6.1-sol", usage: { input: 70, output: 200, reasoning: 100 } },
    ]);
  });
});
