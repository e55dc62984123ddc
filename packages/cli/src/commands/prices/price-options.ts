import type { PriceInput } from "@ai-usage/client";
import { type Command, InvalidArgumentError, Option } from "commander";
import { UsageError } from "../../failures.ts";
import { wholeNumber } from "../../parsers.ts";
import { dayOrInstant, priceText, unitAmounts, unitCounts, words } from "../../price-parsers.ts";

/** Options that make a price of one's own. */
export interface PriceFlags {
  readonly provider: string;
  readonly model: string;
  readonly alsoCalled?: readonly string[];
  readonly service?: readonly string[];
  readonly inputPerMillion?: string;
  readonly outputPerMillion?: string;
  readonly perMillion?: Readonly<Record<string, string>>;
  readonly perThousand?: Readonly<Record<string, string>>;
  readonly perUnit?: Readonly<Record<string, string>>;
  readonly multiply?: string;
  readonly multiplies?: readonly string[];
  readonly tier?: readonly string[];
  readonly region?: readonly string[];
  readonly size?: readonly string[];
  readonly quality?: readonly string[];
  readonly resolution?: readonly string[];
  readonly promptOver?: number;
  readonly promptFrom?: number;
  readonly minimum?: Readonly<Record<string, number>>;
  readonly freeRefusals?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly contextWindow?: number;
  readonly maxOutputTokens?: number;
  readonly inactive?: boolean;
  readonly source?: string;
  readonly note?: string;
}

export function addPriceOptions(command: Command): Command {
  return command
    .requiredOption("--provider <name>", "whose model it is: openai, anthropic, in_house, …")
    .requiredOption("--model <name>", "the model, or the operation of a service without models")
    .option("--also-called <names>", "further names of the model; * stands for any text", words)
    .option("--service <names>", "what metrics call the provider in `service`, where it is new here", words)
    .option("--input-per-million <usd>", "US dollars for a million tokens sent", priceText)
    .option("--output-per-million <usd>", "US dollars for a million tokens received", priceText)
    .option("--per-million <unit=usd>", "of any unit: cache_read=0.25; several times", unitAmounts)
    .option("--per-thousand <unit=usd>", "of any unit: search=10; several times", unitAmounts)
    .option("--per-unit <unit=usd>", "of any unit: image=0.04; several times", unitAmounts)
    .option("--multiply <factor>", "a factor on the model's other prices, in place of prices", factor)
    .option("--multiplies <units>", "what it is a factor on: tokens,search (tokens)", words)
    .option("--tier <names>", "only at these tiers: batch, flex, priority, …; * for any (standard)", words)
    .option("--region <names>", "only when served there: us, us-*", words)
    .option("--size <texts>", "only for images or videos like this", words)
    .option("--quality <texts>", "only for images or videos like this", words)
    .option("--resolution <texts>", "only for images or videos like this", words)
    .addOption(
      new Option("--prompt-over <n>", "only for prompts of more tokens than that")
        .argParser(wholeNumber(1))
        .conflicts("promptFrom"),
    )
    .option("--prompt-from <n>", "only for prompts of at least so many tokens", wholeNumber(1))
    .option("--minimum <unit=n>", "least quantity that is billed for a call: second=10", unitCounts)
    .option("--free-refusals", "a call refused before any output is not billed")
    .option(
      "--from <time>",
      "from that day (midnight UTC) or instant on, past or future (always)",
      dayOrInstant,
    )
    .option("--to <time>", "until then, not included (until the next one, or further notice)", dayOrInstant)
    .option("--context-window <n>", "tokens the model takes", wholeNumber(1))
    .option("--max-output-tokens <n>", "tokens it gives at most", wholeNumber(1))
    .option("--inactive", "keep the price, and price nothing by it")
    .option("--source <text>", "where the figure is from: a page, a contract")
    .option("--note <text>", "what a reader should know");
}

function factor(text: string): string {
  if (/^\d{1,9}(\.\d{1,9})?$/.test(text)) return text;
  throw new InvalidArgumentError("It must be a plain decimal number, for example 0.5.");
}

/** @throws UsageError when the options give no price, or two for one unit */
export function priceInputOf(flags: PriceFlags): PriceInput {
  const { perMillion, perThousand, perUnit, inputPerMillion, outputPerMillion, multiply } = flags;
  const prices = [
    ...(inputPerMillion === undefined ? [] : ["input"]),
    ...(outputPerMillion === undefined ? [] : ["output"]),
    ...[perMillion, perThousand, perUnit].flatMap((list) => Object.keys(list ?? {})),
  ];
  const twice = prices.find((unit, index) => prices.indexOf(unit) !== index);
  if (twice !== undefined) throw new UsageError(`${twice} is given two prices`);
  if (prices.length > 0 === (multiply !== undefined)) {
    throw new UsageError(
      "give prices (--input-per-million, --per-million, --per-unit, …), or else --multiply",
    );
  }
  const when = conditionsOf(flags);
  return {
    provider: flags.provider,
    model_name: flags.model,
    ...(flags.alsoCalled && { names: flags.alsoCalled }),
    ...(flags.service && { services: flags.service }),
    ...(inputPerMillion !== undefined && { input_cost_per_million: inputPerMillion }),
    ...(outputPerMillion !== undefined && { output_cost_per_million: outputPerMillion }),
    ...(perMillion && { per_million: perMillion }),
    ...(perThousand && { per_thousand: perThousand }),
    ...(perUnit && { per_unit: perUnit }),
    ...(multiply !== undefined && { multiply }),
    ...(flags.multiplies && { multiplies: flags.multiplies }),
    ...(when && { when }),
    ...(flags.minimum && { minimum: flags.minimum }),
    ...(flags.freeRefusals && { free_refusals: true }),
    ...(flags.from !== undefined && { effective_from: flags.from }),
    ...(flags.to !== undefined && { effective_to: flags.to }),
    ...(flags.contextWindow !== undefined && { context_window: flags.contextWindow }),
    ...(flags.maxOutputTokens !== undefined && { max_output_tokens: flags.maxOutputTokens }),
    ...(flags.inactive && { is_active: false }),
    ...(flags.source !== undefined && { source: flags.source }),
    ...(flags.note !== undefined && { note: flags.note }),
  };
}

function conditionsOf(flags: PriceFlags): PriceInput["when"] | undefined {
  const { tier, region, size, quality, resolution, promptOver, promptFrom } = flags;
  const lists = { tier, region, size, quality, resolution };
  const when = {
    ...Object.fromEntries(
      Object.entries(lists).flatMap(([name, list]) =>
        list ? [[name, list.length === 1 ? list[0] : list]] : [],
      ),
    ),
    ...(promptOver !== undefined && { prompt_over: promptOver }),
    ...(promptFrom !== undefined && { prompt_from: promptFrom }),
  };
  return Object.keys(when).length > 0 ? when : undefined;
}
