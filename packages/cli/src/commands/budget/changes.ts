import type { BudgetChange } from "@ai-usage/client";
import type { Command } from "commander";
import type { CommandContext } from "../../context.ts";
import { wholeNumber } from "../../parsers.ts";
import { renderChanges } from "../../render/budget-changes.ts";
import { renderLedger, renderRepair } from "../../render/ledger.ts";
import { type JsonFlag, jsonOption, withExamples } from "../options.ts";
import { collect } from "../pages.ts";

interface ChangesFlags extends JsonFlag {
  readonly limit: number;
}

export function addChangesCommand(budget: Command, context: CommandContext): void {
  const changes = budget
    .command("changes")
    .description("Show who changed a budget, when, from what to what, and why; the newest first.")
    .argument("<id>", "budget id, from `ai-usage budget list`")
    .option("--limit <n>", "at most this many", wholeNumber(1), 50)
    .addOption(jsonOption())
    .action(async (id: string, { limit, json }: ChangesFlags) => {
      const client = context.connect();
      const { items, nextCursor } = await collect<BudgetChange>(limit, async (query) => {
        const page = await client.budgetChanges(id, query);
        return { items: page.entries, nextCursor: page.next_cursor };
      });
      if (json) return context.printJson({ entries: items, next_cursor: nextCursor });
      context.print(renderChanges(items, context.style));
    });
  withExamples(changes, "budget changes bud_0f3c9a41b2d7e856");
}

export function addLedgerCommand(budget: Command, context: CommandContext): void {
  const ledger = budget
    .command("ledger")
    .description(
      "Show how the limit adds up, to the last digit, which leases hold what, and any drift from the metrics.",
    )
    .argument("<id>", "budget id, from `ai-usage budget list`")
    .option("--repair", "set it to what metrics and leases say")
    .addOption(jsonOption())
    .action(async (id: string, { repair, json }: JsonFlag & { readonly repair?: boolean }) => {
      const client = context.connect();
      if (repair) {
        const repaired = await client.repairLedger(id);
        return json ? context.printJson(repaired) : context.print(renderRepair(repaired, context.style));
      }
      const answer = await client.budgetLedger(id);
      if (json) return context.printJson(answer);
      context.print(renderLedger(answer, context.style));
    });
  withExamples(ledger, "budget ledger bud_0f3c9a41b2d7e856", "budget ledger bud_0f3c9a41b2d7e856 --repair");
}
