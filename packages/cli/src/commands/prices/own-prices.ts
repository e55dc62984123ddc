import type { PriceChange } from "@ai-usage/client";
import type { Command } from "commander";
import type { CommandContext } from "../../context.ts";
import { wholeNumber } from "../../parsers.ts";
import { renderPriceHistory } from "../../render/price-history.ts";
import { renderPrice } from "../../render/prices.ts";
import { type JsonFlag, jsonOption, withExamples } from "../options.ts";
import { collect } from "../pages.ts";

interface HistoryFlags extends JsonFlag {
  readonly limit: number;
}

export function addOwnPriceCommands(prices: Command, context: CommandContext): void {
  const remove = prices
    .command("delete")
    .description("Take back a price of your own. Costs that follow from it stay until they are restated.")
    .argument("<price-id>", "from `ai-usage prices list --own --json`, or `prices show`")
    .addOption(jsonOption())
    .action(async (priceId: string, { json }: JsonFlag) => {
      const price = await context.connect().deletePrice(priceId);
      if (json) return context.printJson(price);
      context.print(`deleted\n${renderPrice(price, context.style.colors)}`);
    });
  withExamples(remove, "prices delete prc_0f3c9a41b2d7e856");
  const history = prices
    .command("history")
    .description("Show who changed which price, discount or margin, and when; the newest first.")
    .option("--limit <n>", "at most this many", wholeNumber(1), 50)
    .addOption(jsonOption())
    .action(async ({ limit, json }: HistoryFlags) => {
      const client = context.connect();
      const { items, nextCursor } = await collect<PriceChange>(limit, async (query) => {
        const page = await client.priceHistory(query);
        return { items: page.entries, nextCursor: page.next_cursor };
      });
      if (json) return context.printJson({ entries: items, next_cursor: nextCursor });
      context.print(renderPriceHistory(items, context.style));
    });
  withExamples(history, "prices history", "prices history --limit 500 --json");
}
