import type { AIUsageClient, Budget, BudgetQuery } from "@ai-usage/client";
import type { Command } from "commander";
import type { CommandContext } from "../../context.ts";
import { scope } from "../../parsers.ts";
import { renderBudget, renderBudgets } from "../../render/budgets.ts";
import { type JsonFlag, jsonOption, withExamples } from "../options.ts";
import { collect } from "../pages.ts";

interface ListFlags extends JsonFlag {
  readonly scope?: string;
  readonly managedBy?: string;
  readonly active?: boolean;
}

export function addListCommands(budget: Command, context: CommandContext): void {
  const list = budget
    .command("list")
    .description("List budgets, those that are no longer active too.")
    .option("--scope <scope>", "only of this scope", scope)
    .option("--managed-by <text>", "only those that it keeps: code:production, template:tpl_…, configure")
    .option("--active", "only those that are active")
    .option("--no-active", "only those that are not")
    .addOption(jsonOption())
    .action(async ({ json, managedBy, ...flags }: ListFlags) => {
      const query = { ...flags, ...(managedBy !== undefined && { managed_by: managedBy }) };
      const budgets = await allBudgets(context.connect(), query);
      if (json) return context.printJson({ budgets });
      context.print(renderBudgets(budgets, context.style));
    });
  withExamples(list, "budget list", "budget list --scope team:growth --active", "budget list --json");
  const show = budget
    .command("show")
    .description("Show all that a budget says: its terms, its increases, who keeps it.")
    .argument("<id>", "budget id, from `ai-usage budget list`")
    .addOption(jsonOption())
    .action(async (id: string, { json }: JsonFlag) => {
      const found = await context.connect().getBudget(id);
      if (json) return context.printJson(found);
      context.print(renderBudget(found, context.style));
    });
  withExamples(show, "budget show bud_0f3c9a41b2d7e856");
}

export async function allBudgets(client: AIUsageClient, query: BudgetQuery = {}): Promise<readonly Budget[]> {
  const { items } = await collect<Budget>(Number.POSITIVE_INFINITY, async (paging) => {
    const page = await client.listBudgets({ ...query, ...paging });
    return { items: page.budgets, nextCursor: page.next_cursor };
  });
  return items;
}
