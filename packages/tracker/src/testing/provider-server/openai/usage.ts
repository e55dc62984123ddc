import type OpenAI from "openai";
import type { AnswerUsage } from "../answer.ts";

const inputOf = (usage: AnswerUsage): number =>
  usage.input + usage.cachedInput + usage.cacheWrite + usage.cacheWriteOneHour + usage.audioInput;

const outputOf = (usage: AnswerUsage): number => usage.output + usage.reasoning + usage.audioOutput;

/** Only models that bill it tell of it. Source: https://developers.openai.com/api/docs/guides/prompt-caching */
const cacheWriteOf = (usage: AnswerUsage) =>
  usage.cacheWrite > 0 ? { cache_write_tokens: usage.cacheWrite } : undefined;

/** Source: https://github.com/openai/openai-node/blob/v7.57.0/src/resources/completions.ts */
export function chatUsage(usage: AnswerUsage): OpenAI.CompletionUsage {
  return {
    prompt_tokens: inputOf(usage),
    completion_tokens: outputOf(usage),
    total_tokens: inputOf(usage) + outputOf(usage),
    prompt_tokens_details: {
      cached_tokens: usage.cachedInput,
      audio_tokens: usage.audioInput,
      ...cacheWriteOf(usage),
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoning,
      audio_tokens: usage.audioOutput,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

type ResponsesUsage = Omit<OpenAI.Responses.ResponseUsage, "input_tokens_details"> & {
  readonly input_tokens_details: { readonly cached_tokens: number };
};

/** Source: https://developers.openai.com/api/docs/api-reference/responses/object */
export function responsesUsage(usage: AnswerUsage): ResponsesUsage {
  return {
    input_tokens: inputOf(usage),
    input_tokens_details: { cached_tokens: usage.cachedInput, ...cacheWriteOf(usage) },
    output_tokens: outputOf(usage),
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: inputOf(usage) + outputOf(usage),
  };
}

/** Source: https://github.com/openai/openai-node/blob/v7.57.0/src/resources/audio/transcriptions.ts */
export function audioUsage(usage: AnswerUsage) {
  return {
    type: "tokens" as const,
    input_tokens: inputOf(usage),
    input_token_details: { text_tokens: inputOf(usage) - usage.audioInput, audio_tokens: usage.audioInput },
    output_tokens: outputOf(usage),
    total_tokens: inputOf(usage) + outputOf(usage),
  };
}

/** Source: https://developers.openai.com/api/docs/api-reference/images/object */
export function imageUsage(usage: AnswerUsage) {
  return {
    input_tokens: inputOf(usage),
    input_tokens_details: { text_tokens: inputOf(usage), image_tokens: 0 },
    output_tokens: outputOf(usage),
    total_tokens: inputOf(usage) + outputOf(usage),
  };
}

/** Source: https://developers.openai.com/api/docs/api-reference/embeddings/object */
export const embeddingUsage = (usage: AnswerUsage) => ({
  prompt_tokens: inputOf(usage),
  total_tokens: inputOf(usage),
});
