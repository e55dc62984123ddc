import type { Command } from "commander";
import type { CommandContext } from "../../context.ts";
import { withExamples } from "../options.ts";
import { addActivityCommands } from "./activity.ts";
import { addChangesCommand, addLedgerCommand } from "./changes.ts";
import { addCreateCommand } from "./create.ts";
import { addFileCommands } from "./file-commands.ts";
import { addIncreaseCommand } from "./increase.ts";
import { addListCommands } from "./list.ts";
import { addProposalCommands } from "./proposals.ts";
import { addStatusCommands } from "./status.ts";
import { addTemplateCommands } from "./template.ts";
import { addUpdateCommand } from "./update.ts";

export function addBudgetCommands(program: Command, context: CommandContext): void {
  const budget = program.command("budget").description("Budgets: amounts that spending is held against.");
  withExamples(
    budget,
    "budget create --scope global:all --amount 100 --period daily",
    "budget status",
    "budget plan budgets.yaml",
  );
  addCreateCommand(budget, context);
  addListCommands(budget, context);
  addUpdateCommand(budget, context);
  addIncreaseCommand(budget, context);
  addStatusCommands(budget, context);
  addChangesCommand(budget, context);
  addLedgerCommand(budget, context);
  addActivityCommands(budget, context);
  addProposalCommands(budget, context);
  addTemplateCommands(budget, context);
  addFileCommands(budget, context);
}
