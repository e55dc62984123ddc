import type { Answer } from "./answer.ts";
import { type Reading, readingOf, type UsageFormat } from "./normalized-usage.ts";
import { UnitCounts } from "./unit-counts.ts";

/**
 * An answer of Cohere's own API: chat (v2 in `usage`, v1 in `meta`), embed and rerank. What is billed stands apart from what
 * the model read, which is more; cached tokens are among the latter, so nothing tells how many of the billed ones they are.
 *
 * https://docs.cohere.com/v2/docs/how-does-cohere-pricing-work
 * https://github.com/cohere-ai/cohere-typescript (api/types/Usage, ApiMeta)
 */
export const cohere: UsageFormat = { service: "cohere", read: readCohere };

function readCohere(answer: Answer): Reading {
  // The SDK's names are in camel case, and a stream's last event has the answer's end in `delta`, or in `response`.
  const end = [answer, answer.at("delta"), answer.at("response")].find((holder) =>
    metaOf(holder).isPresent(),
  );
  const meta = metaOf(end ?? answer);
  const billed = meta.either("billed_units", "billedUnits");
  return readingOf({
    model: answer.name("model"),
    requestId: answer.name("id", "generation_id", "generationId"),
    usage: new UnitCounts()
      .add("input", billed.count("input_tokens", "inputTokens"))
      .add("output", billed.count("output_tokens", "outputTokens"))
      .add("image", billed.count("images"))
      .add("search", billed.count("search_units", "searchUnits"))
      .addAll(billed.unknownCounts())
      .toUsage(),
  });
}

function metaOf(holder: Answer): Answer {
  return holder.either("usage", "meta");
}
