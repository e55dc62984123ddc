import type { Command } from "commander";
import { readBudgetFile } from "../../budget-file.ts";
import { askUnless } from "../../confirm.ts";
import type { CommandContext } from "../../context.ts";
import { DifferencesError, MisusedError } from "../../failures.ts";
import { differingIds, driftAnswer, renderDrift } from "../../render/budget-drift.ts";
import { hasDifferences, renderPlan } from "../../render/budget-plan.ts";
import { planAnswer } from "../../render/plan-answer.ts";
import { type JsonFlag, jsonOption, withExamples, type YesFlag, yesOption } from "../options.ts";
import { applyPlan } from "./apply-plan.ts";
import { budgetsBeside, lastChanges, planSet } from "./deployed-set.ts";

const FILE_NOTES = `
The file is YAML or JSON, with a JSON schema for editors: schemas/budgets.schema.json. Budgets in it are known by the
name of the set and their key; what is no longer in it is deactivated, and other budgets are left alone.`;

const EXIT_NOTES = `
Exit code 2 says that there are differences; a wrong file or option ends with 1 here.`;

export function addFileCommands(budget: Command, context: CommandContext): void {
  addPlan(budget, context);
  addApply(budget, context);
  addDrift(budget, context);
}

function addPlan(budget: Command, context: CommandContext): void {
  const plan = budget
    .command("plan")
    .description("Show what applying a file of budgets would change. Nothing is changed.")
    .argument("<file>", "budgets as code, - for standard input")
    .option("--detailed-exitcode", "end with 2 where there is something to change")
    .addOption(jsonOption())
    .action(async (file: string, flags: JsonFlag & { readonly detailedExitcode?: boolean }) => {
      const set = await readBudgetFile(file, context);
      const planned = await planSet(context.connect(), set);
      if (flags.json) context.printJson(planAnswer(planned));
      else context.print(renderPlan(planned, context.style));
      if (flags.detailedExitcode && hasDifferences(planned.plan)) throw new DifferencesError();
    });
  endingWithOne(plan);
  withExamples(plan, "budget plan budgets.yaml", "budget plan budgets.yaml --detailed-exitcode --json")
    .addHelpText("after", FILE_NOTES)
    .addHelpText("after", `${EXIT_NOTES} Without --detailed-exitcode, it is 0 then.`);
}

function addApply(budget: Command, context: CommandContext): void {
  const apply = budget
    .command("apply")
    .description("Make the budgets of a deployment what a file says. Applied twice, it changes nothing more.")
    .argument("<file>", "budgets as code, - for standard input")
    .option("--reason <text>", "why, for the audit trail")
    .addOption(yesOption())
    .addOption(jsonOption())
    .action(async (file: string, flags: JsonFlag & YesFlag & { readonly reason?: string }) => {
      const set = await readBudgetFile(file, context);
      const client = context.connect();
      const planned = await planSet(client, set);
      if (!flags.json) context.print(renderPlan(planned, context.style));
      if (hasDifferences(planned.plan)) {
        await askUnless(flags.yes, `Apply this to ${client.apiUrl}?`, context);
      }
      const reason = flags.reason ?? `budgets as code: ${set.name}`;
      await applyPlan(planned, { client, reason, json: flags.json === true }, context);
    });
  withExamples(
    apply,
    "budget apply budgets.yaml",
    "budget apply budgets.yaml --yes --reason 'budgets of the new quarter'",
  ).addHelpText("after", FILE_NOTES);
}

function addDrift(budget: Command, context: CommandContext): void {
  const drift = budget
    .command("drift")
    .description("Say in what a deployment differs from a file of budgets, and who made it so.")
    .argument("<file>", "budgets as code, - for standard input")
    .addOption(jsonOption())
    .action(async (file: string, { json }: JsonFlag) => {
      const set = await readBudgetFile(file, context);
      const client = context.connect();
      const planned = await planSet(client, set);
      const [changes, beside] = await Promise.all([
        lastChanges(client, differingIds(planned.plan)),
        budgetsBeside(client, set),
      ]);
      const seen = { planned, changes, beside };
      if (json) context.printJson(driftAnswer(seen));
      else context.print(renderDrift(seen, context.style));
      if (hasDifferences(planned.plan)) throw new DifferencesError();
    });
  endingWithOne(drift);
  withExamples(drift, "budget drift budgets.yaml", "budget drift budgets.yaml --json")
    .addHelpText("after", FILE_NOTES)
    .addHelpText("after", EXIT_NOTES);
}

/** Wrong usage is not to be taken for differences. */
function endingWithOne(command: Command): void {
  command.exitOverride((error) => {
    throw error.exitCode === 0 ? error : new MisusedError(error.message, { cause: error });
  });
}
