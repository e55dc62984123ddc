import type { Command } from "commander";
import type { CommandContext } from "../../context.ts";
import { withExamples } from "../options.ts";
import { addAdjustmentCommands } from "./adjustments.ts";
import { addListCommands } from "./list.ts";
import { addOwnPriceCommands } from "./own-prices.ts";
import { addQuoteCommand } from "./quote.ts";
import { addRestateCommands } from "./restate.ts";
import { addSetCommand } from "./set.ts";
import { addUnpricedCommand } from "./unpriced.ts";
import { addUpdateCommand } from "./update.ts";

export function addPriceCommands(program: Command, context: CommandContext): void {
  const prices = program
    .command("prices")
    .description("Prices: what a call costs and why, prices and discounts of one's own, costs set right.");
  withExamples(
    prices,
    "prices list --provider anthropic",
    "prices quote --service openai --model gpt-4o --input-tokens 1200 --output-tokens 300",
    "prices unpriced",
    "prices restate --from 2026-11-01 --to 2026-11-24 --dry-run",
  );
  addListCommands(prices, context);
  addQuoteCommand(prices, context);
  addSetCommand(prices, context);
  addOwnPriceCommands(prices, context);
  addAdjustmentCommands(prices, context);
  addUnpricedCommand(prices, context);
  addUpdateCommand(prices, context);
  addRestateCommands(prices, context);
}
