import { type AIUsageClient, ApiError, localDateOf, type Price, type PriceInput } from "@ai-usage/client";
import type { Command } from "commander";
import type { CommandContext } from "../../context.ts";
import { renderPricePreview } from "../../render/price-preview.ts";
import { renderSetPrice } from "../../render/prices.ts";
import { type JsonFlag, jsonOption, withExamples } from "../options.ts";
import { addPriceOptions, type PriceFlags, priceInputOf } from "./price-options.ts";

interface SetFlags extends PriceFlags, JsonFlag {
  readonly dryRun?: boolean;
}

const NOTES = `
An own price wins over the published ones while it holds, and prices all tokens of a call: units that it leaves out
have no price then. The same provider, model, conditions and --from name the same price: set again, it is replaced.
Volume steps and times of day go into a file: ai-usage prices update --from FILE.`;

export function addSetCommand(prices: Command, context: CommandContext): void {
  const command = prices
    .command("set")
    .description(
      "Set a price of your own, for a model that is known or a new one. It reaches every function within a minute.",
    );
  addPriceOptions(command)
    .option("--dry-run", "show what it would change, and set nothing")
    .addOption(jsonOption())
    .action((flags: SetFlags) => setPrice(flags, context));
  withExamples(
    command,
    "prices set --provider openai --model gpt-4o --input-per-million 2.00 --output-per-million 8.00 --per-million cache_read=1.00 --from 2026-12-01",
    "prices set --provider in_house --model llama-70b --input-per-million 0.20 --output-per-million 0.60",
    "prices set --provider openai --model gpt-4o --tier batch --multiply 0.5",
    "prices set --provider google_places --model place_details --per-thousand request=17",
  ).addHelpText("after", NOTES);
}

async function setPrice({ dryRun, json, ...flags }: SetFlags, context: CommandContext): Promise<void> {
  const input = priceInputOf(flags);
  const client = context.connect();
  if (dryRun) {
    const current = await pricesBefore(client, input);
    if (json) return context.printJson({ dry_run: true, price: input, current });
    return context.print(renderPricePreview(input, current, context.style));
  }
  if (!json) context.note(`${renderPricePreview(input, await pricesBefore(client, input), context.style)}\n`);
  const price = await client.putPrice(input);
  if (json) return context.printJson(price);
  const today = localDateOf(context.clock(), "UTC");
  context.print(renderSetPrice(price, today, context.style));
}

/** Prices of the model at the moment the new one begins. Setting does not need them: a token that may not read sets all the same. */
async function pricesBefore(client: AIUsageClient, input: PriceInput): Promise<readonly Price[]> {
  const { provider, model_name: model, effective_from: at } = input;
  try {
    return (await client.prices({ provider, model, at })).prices;
  } catch (error) {
    if (error instanceof ApiError) return [];
    throw error;
  }
}
