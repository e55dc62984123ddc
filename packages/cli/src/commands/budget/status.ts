import type { Command } from "commander";
import pMap from "p-map";
import type { CommandContext } from "../../context.ts";
import { wholeNumber } from "../../parsers.ts";
import { renderHistory } from "../../render/budget-history.ts";
import { renderStatuses } from "../../render/budget-status.ts";
import { type JsonFlag, jsonOption, withExamples } from "../options.ts";
import { allBudgets } from "./list.ts";

const STATUSES_AT_ONCE = 8;

export function addStatusCommands(budget: Command, context: CommandContext): void {
  const status = budget
    .command("status")
    .description("Show what is spent, reserved and left in the current period, and when it will run out.")
    .argument("[id]", "budget id, from `ai-usage budget list`; all active ones when left out")
    .addOption(jsonOption())
    .action((id: string | undefined, flags: JsonFlag) => showStatus(id, flags, context));
  withExamples(status, "budget status", "budget status bud_0f3c9a41b2d7e856 --json");
  const history = budget
    .command("history")
    .description(
      "Show a budget's periods: what it gave, what rolled over, what was spent. The running one first.",
    )
    .argument("<id>", "budget id, from `ai-usage budget list`")
    .option("--periods <n>", "that many", wholeNumber(1), 12)
    .addOption(jsonOption())
    .action(async (id: string, { periods, json }: JsonFlag & { readonly periods: number }) => {
      const answer = await context.connect().budgetHistory(id, { periods });
      if (json) return context.printJson(answer);
      context.print(renderHistory(answer, context.style));
    });
  withExamples(
    history,
    "budget history bud_0f3c9a41b2d7e856",
    "budget history bud_0f3c9a41b2d7e856 --periods 36",
  );
}

async function showStatus(
  id: string | undefined,
  { json }: JsonFlag,
  context: CommandContext,
): Promise<void> {
  const client = context.connect();
  const style = { ...context.style, now: context.clock() };
  if (id !== undefined) {
    const status = await client.budgetStatus(id);
    return json ? context.printJson(status) : context.print(renderStatuses([status], style));
  }
  const active = await allBudgets(client, { active: true });
  const statuses = await pMap(active, ({ budget_id }) => client.budgetStatus(budget_id), {
    concurrency: STATUSES_AT_ONCE,
  });
  if (json) return context.printJson({ statuses });
  context.print(renderStatuses(statuses, style));
}
