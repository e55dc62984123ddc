import type { Answer } from "./answer.ts";
import { readGeminiTokens } from "./gemini-tokens.ts";
import { type Reading, readingOf, type UsageFormat } from "./normalized-usage.ts";
import { UnitCounts } from "./unit-counts.ts";

/**
 * An answer of `embedContent`; or of Vertex AI's `predict` for an embedding model. Older models on AI Studio tell nothing of
 * what they used; Vertex AI tells it text by text, and for older models in characters.
 *
 * https://ai.google.dev/api/embeddings
 * https://github.com/googleapis/js-genai (src/types.ts, EmbedContentResponse)
 * https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
 */
export const geminiEmbeddings: UsageFormat = { service: "google", read: readEmbeddings };

function readEmbeddings(answer: Answer): Reading {
  const metadata = answer.at("usageMetadata");
  const usage = metadata.isPresent() ? readGeminiTokens(metadata) : countedByText(answer);
  return readingOf({ model: answer.name("modelVersion"), usage: usage.toUsage() });
}

function countedByText(answer: Answer): UnitCounts {
  const units = new UnitCounts();
  for (const embedding of answer.at("embeddings").items()) {
    units.add("input", embedding.at("statistics").count("tokenCount", "token_count"));
  }
  for (const prediction of answer.at("predictions").items()) {
    units.add("input", prediction.at("embeddings").at("statistics").count("token_count", "tokenCount"));
  }
  if (Object.keys(units.toUsage()).length > 0) return units;
  return units.add("character", answer.at("metadata").count("billableCharacterCount"));
}
