import type { Command } from "commander";
import type { CommandContext } from "../../context.ts";
import { scope } from "../../parsers.ts";
import { renderBudget } from "../../render/budgets.ts";
import { type JsonFlag, jsonOption, withExamples } from "../options.ts";
import { addTermsOptions, type TermsFlags, termsOf } from "./terms-options.ts";

interface CreateFlags extends TermsFlags, JsonFlag {
  readonly scope: string;
  readonly reason?: string;
}

export function addCreateCommand(budget: Command, context: CommandContext): void {
  const create = budget
    .command("create")
    .description("Set a budget. It counts what its scope has already spent in the period.")
    .requiredOption("--scope <scope>", "what it is about: global:all, team:growth, model:gpt-4o, …", scope);
  addTermsOptions(create)
    .option("--reason <text>", "why, for the audit trail")
    .addOption(jsonOption())
    .action(async ({ json, scope, reason, ...flags }: CreateFlags) => {
      const created = await context
        .connect()
        .createBudget({ scope, ...termsOf(flags), ...(reason !== undefined && { reason }) });
      if (json) return context.printJson(created);
      context.print(renderBudget(created, context.style));
    });
  withExamples(
    create,
    "budget create --scope team:growth --amount 500 --period monthly --tz Europe/Berlin",
    "budget create --scope global:all --amount 99.50 --period daily --threshold 50,80,forecast:100 --name everything",
    "budget create --scope user:ada --amount 200000 --unit tokens --period daily --enforcement hard --contact ops@example.com",
    "budget create --scope team:growth --amount 500 --period monthly --rollover 250 --spike 4,10",
  );
}
