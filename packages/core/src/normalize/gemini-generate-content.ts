import type { Answer } from "./answer.ts";
import { readGeminiTokens } from "./gemini-tokens.ts";
import {
  type Call,
  type Reading,
  readingOf,
  servedConditions,
  type UsageFormat,
} from "./normalized-usage.ts";
import { tierOf } from "./tier.ts";
import { UnitCounts } from "./unit-counts.ts";

/**
 * An answer of `generateContent`, from AI Studio or Vertex AI, or the last chunk of its stream. Vertex AI tells the kind of
 * traffic, AI Studio the service tier; what was on provisioned throughput is of a tier of that name.
 *
 * https://ai.google.dev/api/generate-content#generatecontentresponse
 * https://github.com/googleapis/js-genai (src/types.ts, GenerateContentResponse, TrafficType, ServiceTier)
 */
export const geminiGenerateContent: UsageFormat = { service: "google", read: readContent };

function readContent(answer: Answer, { request }: Call): Reading {
  const metadata = answer.at("usageMetadata");
  const model = answer.name("modelVersion");
  const tokens = readGeminiTokens(metadata);
  return readingOf({
    model,
    requestId: answer.name("responseId"),
    served: servedConditions({
      tier: tierOf(metadata.word("trafficType")) ?? tierOf(metadata.word("serviceTier")),
    }),
    usage: tokens.addAll(groundingUnits(answer, model ?? request.name("model"))).toUsage(),
    refusal: answer.at("promptFeedback").word("blockReason") === undefined ? undefined : "before_output",
  });
}

/**
 * From Gemini 3 on each query that was searched for costs, the same query once and an empty one nothing; before, each prompt
 * that was grounded. Grounding in maps or in one's own data has prices of its own, which no unit of ours stands for.
 *
 * https://ai.google.dev/gemini-api/docs/google-search
 * https://ai.google.dev/gemini-api/docs/pricing
 */
function groundingUnits(answer: Answer, model: string | undefined): UnitCounts {
  const queries = new Set<string>();
  let retrievals = 0;
  let usesMaps = false;
  for (const candidate of answer.at("candidates").items()) {
    const grounding = candidate.at("groundingMetadata");
    for (const query of [
      ...grounding.at("webSearchQueries").items(),
      ...grounding.at("imageSearchQueries").items(),
    ]) {
      if (typeof query.value === "string" && query.value.trim() !== "") queries.add(query.value.trim());
    }
    retrievals += grounding.at("retrievalQueries").items().length;
    usesMaps ||= grounding
      .at("groundingChunks")
      .items()
      .some((chunk) => chunk.at("maps").isPresent());
  }
  const searches = queries.size > 0 && isBilledByPrompt(model) ? 1 : queries.size;
  return new UnitCounts()
    .add("search", searches > 0 ? searches : undefined)
    .add("x_maps_grounding", usesMaps ? 1 : undefined)
    .add("x_retrieval_grounding", retrievals > 0 ? 1 : undefined);
}

function isBilledByPrompt(model: string | undefined): boolean {
  const generation = /gemini-(\d+)/.exec(model ?? "")?.[1];
  return generation !== undefined && Number(generation) < 3;
}
