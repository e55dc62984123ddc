import type { ServedConditions } from "../metric.ts";
import type { Answer } from "./answer.ts";
import {
  type Call,
  type Reading,
  readingOf,
  servedConditions,
  type UsageFormat,
} from "./normalized-usage.ts";
import { svgUsage } from "./openai-responses.ts";
import { readOpenAIUsage } from "./openai-usage.ts";
import { reportedCostOf } from "./reported-cost.ts";

/**
 * Generated or edited images, or the last event of their stream. GPT image models are billed by tokens, which the answer
 * tells; older models by image, size and quality, of which the answer tells only how many images there are.
 *
 * https://developers.openai.com/api/docs/api-reference/images/object
 * https://github.com/openai/openai-node/blob/v7.57.0/src/resources/images.ts
 */
export const openAIImages: UsageFormat = { service: "openai", read: readImages };

export function readImages(answer: Answer, { request }: Call): Reading {
  const usage = answer.at("usage");
  const tokens = readOpenAIUsage(usage, { outputKind: "image" });
  const svg = svgUsage(answer);
  return readingOf({
    served: imageConditions(answer, request),
    usage: Object.keys(tokens).length > 0 ? tokens : imageCount(answer),
    alsoUsed: svg && [svg],
    reportedCost: reportedCostOf(usage),
  });
}

function imageCount(answer: Answer): { image?: number } {
  const images = answer.at("data");
  return images.isList() ? { image: images.items().length } : {};
}

/** `auto` leaves a choice to the provider, and says nothing of what it was. */
function imageConditions(answer: Answer, request: Answer): ServedConditions {
  const told = (name: string) =>
    [answer.word(name), request.word(name)].find((word) => word !== undefined && word !== "auto");
  // What DALL·E makes unless told otherwise; see the parameters of the same page.
  const usual = request.name("model")?.startsWith("dall-e")
    ? { size: "1024x1024", quality: "standard" }
    : undefined;
  return servedConditions({
    size: told("size") ?? usual?.size,
    quality: told("quality") ?? usual?.quality,
  });
}
