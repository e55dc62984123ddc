import { fixedPointText } from "@ai-usage/core/exact";
import { normalizeUsage, type UsageFormatName } from "@ai-usage/core/normalize";
import { costOf, type PriceTexts } from "../exact-cost.ts";

export interface AnswerPrices {
  /** Whose answers they are: `openai.chat`, `anthropic.messages`, … */
  readonly format: UsageFormatName;
  /** By unit of usage; by a function where they depend on the model. */
  readonly prices: PriceTexts | ((model: string | undefined) => PriceTexts | undefined);
}

/** Makes a function that tells what an answer cost, by the usage that it reports: for `withCache`, as `costOf`. */
export function costOfAnswer({ format, prices }: AnswerPrices): (answer: unknown) => string | undefined {
  return (answer) => {
    const { usage, model } = normalizeUsage(format, answer);
    const texts = typeof prices === "function" ? prices(model) : prices;
    const cost = texts && costOf(texts, usage);
    return cost === undefined ? undefined : fixedPointText(cost);
  };
}
