import type { GenerateContentResponseUsageMetadata } from "@google/genai";
import type { AnswerUsage } from "../answer.ts";

/** As JSON: the SDK's enums are these words. */
type UsageMetadata = Omit<
  GenerateContentResponseUsageMetadata,
  "promptTokensDetails" | "cacheTokensDetails" | "trafficType"
> & {
  readonly promptTokensDetails?: readonly ModalityTokens[];
  readonly cacheTokensDetails?: readonly ModalityTokens[];
};

interface ModalityTokens {
  readonly modality: "TEXT" | "AUDIO";
  readonly tokenCount: number;
}

/**
 * Thoughts are beside the candidates' tokens, and cached ones among the prompt's.
 *
 * @param output of the candidates so far: each chunk of a stream tells the counts up to there
 * Source: https://ai.google.dev/api/generate-content#UsageMetadata
 */
export function usageMetadata(usage: AnswerUsage, output: number): UsageMetadata {
  const text = usage.input + usage.cachedInput + usage.cacheWrite + usage.cacheWriteOneHour;
  const prompt = text + usage.audioInput;
  return {
    promptTokenCount: prompt,
    ...(output > 0 && { candidatesTokenCount: output }),
    totalTokenCount: prompt + output + usage.reasoning,
    promptTokensDetails: [
      { modality: "TEXT", tokenCount: text },
      ...(usage.audioInput > 0 ? [{ modality: "AUDIO" as const, tokenCount: usage.audioInput }] : []),
    ],
    ...(usage.cachedInput > 0 && {
      cachedContentTokenCount: usage.cachedInput,
      cacheTokensDetails: [{ modality: "TEXT", tokenCount: usage.cachedInput }],
    }),
    ...(usage.reasoning > 0 && { thoughtsTokenCount: usage.reasoning }),
  };
}
