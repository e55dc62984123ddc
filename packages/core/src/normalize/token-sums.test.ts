import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tokensOf } from "../usage.ts";
import { normalizeUsage, type UsageFormatName } from "./normalize-usage.ts";

interface Parts {
  readonly plain: number;
  readonly cached: number;
  readonly written: number;
  readonly written1h: number;
  readonly audio: number;
  readonly out: number;
}

describe("the tokens that went in", () => {
  const count = fc.nat(10_000_000);
  const parts = fc.record<Parts>({
    plain: count,
    cached: count,
    written: count,
    written1h: count,
    audio: count,
    out: count,
  });

  const tellings: [UsageFormatName, tell: (parts: Parts) => object, sum: (parts: Parts) => number][] = [
    [
      "openai.chat",
      ({ plain, cached, written, audio, out }) => ({
        usage: {
          prompt_tokens: plain + cached + written + audio,
          completion_tokens: out,
          total_tokens: plain + cached + written + audio + out,
          prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: written, audio_tokens: audio },
        },
      }),
      ({ plain, cached, written, audio }) => plain + cached + written + audio,
    ],
    [
      "anthropic.messages",
      ({ plain, cached, written, written1h, out }) => ({
        usage: {
          input_tokens: plain,
          cache_read_input_tokens: cached,
          cache_creation_input_tokens: written + written1h,
          cache_creation: { ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: written1h },
          output_tokens: out,
        },
      }),
      ({ plain, cached, written, written1h }) => plain + cached + written + written1h,
    ],
    [
      "gemini.generate_content",
      ({ plain, cached, audio, out }) => ({
        usageMetadata: {
          promptTokenCount: plain + cached + audio,
          cachedContentTokenCount: cached,
          candidatesTokenCount: out,
          totalTokenCount: plain + cached + audio + out,
          promptTokensDetails: [
            { modality: "TEXT", tokenCount: plain + cached },
            { modality: "AUDIO", tokenCount: audio },
          ],
        },
      }),
      ({ plain, cached, audio }) => plain + cached + audio,
    ],
    [
      "bedrock.converse",
      ({ plain, cached, written, out }) => ({
        usage: {
          inputTokens: plain,
          cacheReadInputTokens: cached,
          cacheWriteInputTokens: written,
          outputTokens: out,
          totalTokens: plain + cached + written + out,
        },
      }),
      ({ plain, cached, written }) => plain + cached + written,
    ],
    [
      "opentelemetry.span",
      ({ plain, cached, written, out }) => ({
        "gen_ai.usage.input_tokens": plain + cached + written,
        "gen_ai.usage.cache_read.input_tokens": cached,
        "gen_ai.usage.cache_write.input_tokens": written,
        "gen_ai.usage.output_tokens": out,
      }),
      ({ plain, cached, written }) => plain + cached + written,
    ],
  ];
  const request = { modelId: "anthropic.claude-sonnet-4-5-20250929-v1:0" };

  it.each(tellings)("of %s are as many as it says, and so are those that came out", (format, tell, sum) => {
    fc.assert(
      fc.property(parts, (told) => {
        const { usage, usageProblems } = normalizeUsage(format, tell(told), { request });
        expect(usageProblems).toEqual([]);
        expect(tokensOf(usage, "input")).toBe(sum(told));
        expect(tokensOf(usage, "output")).toBe(told.out);
      }),
    );
  });
});
