import type { Alert } from "@ai-usage/client";
import type { Command } from "commander";
import type { CommandContext } from "../context.ts";
import { wholeNumber } from "../parsers.ts";
import { renderAlerts } from "../render/alerts.ts";
import { type JsonFlag, jsonOption, withExamples } from "./options.ts";
import { collect } from "./pages.ts";

interface ListFlags extends JsonFlag {
  readonly limit: number;
}

export function addAlertCommands(program: Command, context: CommandContext): void {
  const alerts = program
    .command("alerts")
    .description("Alerts: thresholds of budgets that were crossed, and models without a price.");
  withExamples(alerts, "alerts list");
  const list = alerts
    .command("list")
    .description("List alerts, the newest first.")
    .option("--limit <n>", "at most this many", wholeNumber(1), 50)
    .addOption(jsonOption())
    .action(async ({ limit, json }: ListFlags) => {
      const client = context.connect();
      const { items, nextCursor } = await collect<Alert>(limit, async (query) => {
        const page = await client.listAlerts(query);
        return { items: page.alerts, nextCursor: page.next_cursor };
      });
      if (json) return context.printJson({ alerts: items, next_cursor: nextCursor });
      context.print(renderAlerts(items, context.style));
    });
  withExamples(list, "alerts list", "alerts list --limit 10 --json");
}
