import type { Answer } from "./answer.ts";
import {
  type Call,
  type Reading,
  readingOf,
  servedConditions,
  type UsageFormat,
} from "./normalized-usage.ts";
import { readOpenAIUsage } from "./openai-usage.ts";
import { readUsualChat } from "./openai-usual.ts";
import { reportedCostOf } from "./reported-cost.ts";
import { tierIn } from "./tier.ts";

/**
 * A chat completion, or the last chunk of its stream; also a completion of the older API, and the answers of Mistral, Groq,
 * DeepSeek, xAI, OpenRouter, Perplexity and others that answer in this shape.
 *
 * https://developers.openai.com/api/docs/api-reference/chat/object
 */
export const openAIChat: UsageFormat = { service: "openai", read: readChat, readUsual: readUsualChat };

export function readChat(answer: Answer, { service, request }: Call): Reading {
  const model = answer.name("model");
  // Groq's streams have it elsewhere in older versions.
  const usage = answer.at("usage").isPresent() ? answer.at("usage") : answer.at("x_groq").at("usage");
  return readingOf({
    model,
    requestId: answer.name("id"),
    served: servedConditions({
      // Mistral tells it in the usage.
      tier: tierIn(answer, "service_tier") ?? tierIn(usage, "service_tier"),
    }),
    usage: readOpenAIUsage(usage, {
      service,
      model: model ?? request.name("model"),
      cacheLifetime: request.at("prompt_cache_options").word("ttl"),
    }),
    reportedCost: reportedCostOf(usage),
  });
}
