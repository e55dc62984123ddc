import { describe, expect, it } from "vitest";
import { normalizeUsage } from "./normalize-usage.ts";

const read = (answer: object) => normalizeUsage("cohere", answer);

describe("usage of Cohere", () => {
  // https://docs.cohere.com/reference/chat: billed are fewer tokens than the model read.
  it("is what is billed, not what the model read", () => {
    const answer = {
      id: "c14c80c3-18eb-4519-9460-6c92edd8cfb4",
      finish_reason: "COMPLETE",
      message: {
        role: "assistant",
        content: [{ type: "text", text: "LLMs stand for Large Language Models" }],
      },
      usage: {
        billed_units: { input_tokens: 5, output_tokens: 418 },
        tokens: { input_tokens: 71, output_tokens: 418 },
        cached_tokens: 64,
      },
    };
    expect(normalizeUsage("cohere", answer, { request: { model: "command-a-03-2025" } })).toEqual({
      service: "cohere",
      model: "command-a-03-2025",
      requestId: "c14c80c3-18eb-4519-9460-6c92edd8cfb4",
      requested: { model: "command-a-03-2025" },
      usage: { input: 5, output: 418 },
      usageProblems: [],
    });
  });

  // https://docs.cohere.com/reference/rerank and /reference/embed
  it("is in search units of rerank, and in images of embeddings", () => {
    const meta = (billed_units: object) => ({
      id: "07734bd2",
      meta: { api_version: { version: "2" }, billed_units },
    });
    expect(read(meta({ search_units: 1 })).usage).toEqual({ search: 1 });
    expect(read(meta({ input_tokens: 2, images: 3 })).usage).toEqual({ input: 2, image: 3 });
    expect(read(meta({ classifications: 4 })).usage).toEqual({ x_classifications: 4 });
  });

  it("is at the end of a stream, and under the SDK's names", () => {
    const end = {
      type: "message-end",
      delta: { usage: { billed_units: { input_tokens: 5, output_tokens: 6 } } },
    };
    expect(read(end).usage).toEqual({ input: 5, output: 6 });
    expect(read({ usage: { billedUnits: { inputTokens: 5, searchUnits: 2 } } }).usage).toEqual({
      input: 5,
      search: 2,
    });
  });
});
