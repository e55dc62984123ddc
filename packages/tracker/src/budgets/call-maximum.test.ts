import { describe, expect, it } from "vitest";
import { maximumOf } from "./call-maximum.ts";

const maximum = (request: unknown) =>
  maximumOf({ service: "openai", operation: "chat.completions", request });

describe("the maximum of a call", () => {
  it("has room for all texts of the request, in steps, so that calls of about one size share leases", () => {
    const asks = (length: number) => ({ messages: [{ role: "user", content: "x".repeat(length) }] });
    expect(maximum(asks(10))).toEqual({ input_tokens: 256 });
    expect(maximum(asks(3_000))).toEqual({ input_tokens: 2_048 });
    expect(maximum(asks(3_100))).toEqual({ input_tokens: 2_048 });
    expect(maximum(asks(100_000))).toEqual({ input_tokens: 65_536 });
  });

  it("counts bytes, since a sign of other scripts can be several tokens", () => {
    expect(maximum({ input: "語".repeat(1_000) })).toEqual({ input_tokens: 2_048 });
  });

  it("leaves pictures out, which are for the caller to declare", () => {
    const url = `data:image/png;base64,${"A".repeat(100_000)}`;
    expect(maximum({ messages: [{ content: [{ image_url: { url } }] }] })).toEqual({ input_tokens: 256 });
  });

  it.each([
    ["OpenAI", { max_completion_tokens: 300 }],
    ["OpenAI's responses", { max_output_tokens: 300 }],
    ["Anthropic", { max_tokens: 300 }],
    ["Gemini", { config: { maxOutputTokens: 300 } }],
    ["Bedrock", { inferenceConfig: { maxTokens: 300 } }],
  ])("has the output that is asked of %s", (_, request) => {
    expect(maximum(request).output_tokens).toBe(300);
  });

  it("can be told of a request that holds itself", () => {
    const request: Record<string, unknown> = { text: "Hello" };
    request.self = request;
    expect(maximum(request)).toEqual({ input_tokens: 256 });
  });
});
