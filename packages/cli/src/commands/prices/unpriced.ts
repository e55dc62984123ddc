import { localDateOf, plusDays } from "@ai-usage/client";
import type { Command } from "commander";
import type { CommandContext } from "../../context.ts";
import { wholeNumber } from "../../parsers.ts";
import { renderUnpriced } from "../../render/unpriced.ts";
import { type JsonFlag, jsonOption, withExamples } from "../options.ts";

interface UnpricedFlags extends JsonFlag {
  readonly days: number;
}

export function addUnpricedCommand(prices: Command, context: CommandContext): void {
  const command = prices
    .command("unpriced")
    .description("List models whose calls have no price, with an estimate of what is missing and what to do.")
    .option("--days <n>", "that many days up to today, by UTC", wholeNumber(1), 30)
    .addOption(jsonOption())
    .action(async ({ days, json }: UnpricedFlags) => {
      const last = localDateOf(context.clock(), "UTC");
      const dates = { start_date: plusDays(last, 1 - days), end_date: last };
      const answer = await context.connect().unpricedModels(dates);
      if (json) return context.printJson(answer);
      context.print(renderUnpriced(answer, dates, context.style));
    });
  withExamples(command, "prices unpriced", "prices unpriced --days 7 --json");
}
