import type { Answer } from "./answer.ts";
import { type Reading, readingOf, type UsageFormat } from "./normalized-usage.ts";
import { readOpenAIUsage } from "./openai-usage.ts";
import { reportedCostOf } from "./reported-cost.ts";

/**
 * A list of embeddings. Voyage AI tells the total alone, which is all prompt.
 *
 * https://developers.openai.com/api/docs/api-reference/embeddings/object
 * https://docs.voyageai.com/reference/embeddings-api
 */
export const openAIEmbeddings: UsageFormat = { service: "openai", read: readEmbeddings };

export function readEmbeddings(answer: Answer): Reading {
  const usage = answer.at("usage");
  const units = readOpenAIUsage(usage);
  const total = usage.count("total_tokens");
  if (units.input !== undefined && total !== undefined && total !== units.input + (units.output ?? 0)) {
    usage.report(`${usage.path}.total_tokens is ${total}, and the prompt ${units.input}`);
  }
  return readingOf({
    model: answer.name("model"),
    requestId: answer.name("id"),
    usage: units.input === undefined && total !== undefined ? { ...units, input: total } : units,
    reportedCost: reportedCostOf(usage),
  });
}
