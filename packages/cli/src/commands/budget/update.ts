import type { ChangedBudget } from "@ai-usage/client";
import { type Command, Option } from "commander";
import { positiveAmount } from "../../budget-parsers.ts";
import type { CommandContext } from "../../context.ts";
import { UsageError } from "../../failures.ts";
import { renderBudget } from "../../render/budgets.ts";
import { renderWaiting } from "../../render/proposals.ts";
import { type JsonFlag, jsonOption, withExamples } from "../options.ts";
import { addChangeableOptions, type ChangeableFlags, changesOf } from "./terms-options.ts";

interface UpdateFlags extends ChangeableFlags, JsonFlag {
  readonly reason?: string;
}

export function addUpdateCommand(budget: Command, context: CommandContext): void {
  const update = budget
    .command("update")
    .description(
      "Change a budget: what is given, and nothing else. Scope, unit, period and zone are fixed; make another one for those.",
    )
    .argument("<id>", "budget id, from `ai-usage budget list`")
    .option("--amount <n>", "for each period", positiveAmount);
  addChangeableOptions(update)
    .addOption(new Option("--no-rollover", "add nothing to the next period"))
    .addOption(new Option("--no-spike", "no longer alert on costly hours"))
    .addOption(new Option("--no-contact", "name nobody to ask"))
    .option("--reason <text>", "why, for the audit trail")
    .addOption(jsonOption())
    .action(async (id: string, { json, reason, ...flags }: UpdateFlags) => {
      const patch = changesOf(flags);
      if (Object.keys(patch).length === 0)
        throw new UsageError("say what to change, for example --amount 500");
      const changed = await context
        .connect()
        .updateBudget(id, { ...patch, ...(reason !== undefined && { reason }) });
      showChanged(changed, json, context);
    });
  withExamples(
    update,
    "budget update bud_0f3c9a41b2d7e856 --amount 750 --reason 'new campaign'",
    "budget update bud_0f3c9a41b2d7e856 --enforcement hard --no-rollover",
  );
}

/** The budget as it is now, or what waits for a second person. */
export function showChanged(
  { budget, proposal }: ChangedBudget,
  json: boolean | undefined,
  context: CommandContext,
): void {
  if (json) context.printJson(proposal ? { budget, proposal } : budget);
  else context.print(proposal ? renderWaiting(proposal, budget) : renderBudget(budget, context.style));
}
