import type { Command } from "commander";
import { askUnless } from "../../confirm.ts";
import type { CommandContext } from "../../context.ts";
import { printable } from "../../render/format.ts";
import { type JsonFlag, jsonOption, withExamples, type YesFlag, yesOption } from "../options.ts";

interface ActivityFlags extends JsonFlag, YesFlag {
  readonly reason?: string;
}

export function addActivityCommands(budget: Command, context: CommandContext): void {
  const deactivate = budget
    .command("deactivate")
    .description(
      "Stop holding spending against a budget. Its alerts and history stay, and it can be taken up again.",
    )
    .argument("<id>", "budget id, from `ai-usage budget list`")
    .option("--reason <text>", "why, for the audit trail")
    .addOption(yesOption())
    .addOption(jsonOption())
    .action(async (id: string, flags: ActivityFlags) => {
      const client = context.connect();
      if (!flags.yes) {
        const { name, scope, enforcement } = await client.getBudget(id);
        const what = enforcement === "hard" ? "nothing refuses its calls then" : "nobody is alerted then";
        await askUnless(false, `Deactivate "${printable(name)}" of ${printable(scope)}? ${what}.`, context);
      }
      const deactivated = await client.deactivateBudget(id, reasonOf(flags));
      if (flags.json) return context.printJson(deactivated);
      context.print(`deactivated ${id}; ai-usage budget reactivate ${id} takes it up again`);
    });
  withExamples(deactivate, "budget deactivate bud_0f3c9a41b2d7e856 --reason 'project ended' --yes");
  const reactivate = budget
    .command("reactivate")
    .description("Take up a budget again. It knows what was spent meanwhile.")
    .argument("<id>", "budget id, from `ai-usage budget list`")
    .option("--reason <text>", "why, for the audit trail")
    .addOption(jsonOption())
    .action(async (id: string, flags: ActivityFlags) => {
      const reactivated = await context.connect().reactivateBudget(id, reasonOf(flags));
      if (flags.json) return context.printJson(reactivated);
      context.print(`${id} is active again`);
    });
  withExamples(reactivate, "budget reactivate bud_0f3c9a41b2d7e856");
}

const reasonOf = ({ reason }: ActivityFlags) => (reason === undefined ? {} : { reason });
