import type { Price } from "@ai-usage/client";
import { type Command, Option } from "commander";
import type { CommandContext } from "../../context.ts";
import { NotDoneError } from "../../failures.ts";
import { wholeNumber } from "../../parsers.ts";
import { dayOrInstant } from "../../price-parsers.ts";
import { renderPriceList, renderPrices } from "../../render/prices.ts";
import { shellWord } from "../../render/shell-word.ts";
import { type JsonFlag, jsonOption, withExamples } from "../options.ts";
import { collect } from "../pages.ts";

interface ListFlags extends JsonFlag {
  readonly provider?: string;
  readonly service?: string;
  readonly model?: string;
  readonly at?: string;
  readonly own?: boolean;
  readonly limit: number;
  readonly cursor?: string;
}

interface ShowFlags extends JsonFlag {
  readonly provider: string;
}

export function addListCommands(prices: Command, context: CommandContext): void {
  const list = prices
    .command("list")
    .description("List prices, one row a line.")
    .addOption(new Option("--provider <name>", "of this provider").conflicts("service"))
    .option("--service <name>", "of the provider that metrics call so in `service`")
    .option("--model <name>", "of this model, found as a call's model is")
    .addOption(
      new Option(
        "--at <time>",
        "that hold on that day, or at that instant (now); all: of all dates",
      ).argParser(dayInstantOrAll),
    )
    .option("--own", "only the deployment's own")
    .option("--limit <n>", "at most this many", wholeNumber(1), 100)
    .option("--cursor <text>", "go on from where an earlier answer ended")
    .addOption(jsonOption())
    .action((flags: ListFlags) => listPrices(flags, context));
  withExamples(
    list,
    "prices list --provider anthropic",
    "prices list --service openai --model gpt-4o-2024-08-06 --at 2025-01-01",
    "prices list --own --at all",
  );
  const show = prices
    .command("show")
    .description(
      "Show all prices of a model with their dates, where each is from, and how far it was checked.",
    )
    .argument("<model>", "the model, found as a call's model is")
    .requiredOption("--provider <name>", "whose model it is")
    .addOption(jsonOption())
    .action((model: string, flags: ShowFlags) => showPrices(model, flags, context));
  withExamples(show, "prices show gpt-4o --provider openai");
}

async function listPrices({ json, limit, cursor, ...query }: ListFlags, context: CommandContext) {
  const client = context.connect();
  const { items, nextCursor } = await collect<Price>(
    limit,
    async (page) => {
      const answer = await client.prices({ ...query, ...page });
      return { items: answer.prices, nextCursor: answer.next_cursor };
    },
    cursor,
  );
  if (json) return context.printJson({ prices: items, next_cursor: nextCursor });
  context.print(renderPriceList(items, context.style));
  if (nextCursor !== null)
    context.note(
      `There are more: name a --provider or --model, raise --limit, or go on with --cursor ${nextCursor}`,
    );
}

async function showPrices(model: string, { provider, json }: ShowFlags, context: CommandContext) {
  const client = context.connect();
  const { items } = await collect<Price>(Number.POSITIVE_INFINITY, async (page) => {
    const answer = await client.prices({ provider, model, at: "all", ...page });
    return { items: answer.prices, nextCursor: answer.next_cursor };
  });
  if (json) context.printJson({ prices: items });
  if (items.length === 0) {
    throw new NotDoneError(
      `no price is known for ${provider} ${model}\n` +
        `Set one: ai-usage prices set --provider ${shellWord(provider)} --model ${shellWord(model)} --input-per-million … --output-per-million …`,
    );
  }
  if (!json) context.print(renderPrices(items, context.style));
}

function dayInstantOrAll(text: string): string {
  return text === "all" ? text : dayOrInstant(text);
}
