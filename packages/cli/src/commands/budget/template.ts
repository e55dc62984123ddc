import type { Command } from "commander";
import { askUnless } from "../../confirm.ts";
import type { CommandContext } from "../../context.ts";
import { printable } from "../../render/format.ts";
import { renderTemplates } from "../../render/templates.ts";
import { type JsonFlag, jsonOption, withExamples, type YesFlag, yesOption } from "../options.ts";
import { addTermsOptions, type TermsFlags, termsOf } from "./terms-options.ts";

interface AddFlags extends TermsFlags, JsonFlag {
  readonly pattern: string;
}

export function addTemplateCommands(budget: Command, context: CommandContext): void {
  const template = budget
    .command("template")
    .description("Templates: they make a budget for each scope of a pattern as soon as it is first seen.");
  withExamples(
    template,
    "budget template add --pattern 'user:*' --amount 50 --period daily",
    "budget template list",
  );
  addAdd(template, context);
  const list = template
    .command("list")
    .description("List templates, those that make no more budgets too.")
    .addOption(jsonOption())
    .action(async ({ json }: JsonFlag) => {
      const answer = await context.connect().listTemplates();
      if (json) return context.printJson(answer);
      context.print(renderTemplates(answer.templates, context.style));
    });
  withExamples(list, "budget template list");
  const remove = template
    .command("remove")
    .description("Let a template make no more budgets. Those that it made stay.")
    .argument("<id>", "template id, from `ai-usage budget template list`")
    .addOption(yesOption())
    .addOption(jsonOption())
    .action(async (id: string, { yes, json }: JsonFlag & YesFlag) => {
      await askUnless(yes, `Let ${printable(id)} make no more budgets?`, context);
      const removed = await context.connect().deactivateTemplate(id);
      if (json) return context.printJson(removed);
      context.print(renderTemplates([removed], context.style));
    });
  withExamples(remove, "budget template remove tpl_0f3c9a41b2d7e856 --yes");
}

function addAdd(template: Command, context: CommandContext): void {
  const add = template
    .command("add")
    .description("Make a template. Scopes that have been seen before get their budget at their next call.")
    .requiredOption("--pattern <pattern>", "all of a dimension, or of a beginning: user:*, team:eu-*");
  addTermsOptions(add)
    .addOption(jsonOption())
    .action(async ({ pattern, json, ...flags }: AddFlags) => {
      const added = await context.connect().createTemplate({ pattern, ...termsOf(flags) });
      if (json) return context.printJson(added);
      context.print(renderTemplates([added], context.style));
    });
  withExamples(
    add,
    "budget template add --pattern 'user:*' --amount 50 --period daily --name 'Daily limit of {value}'",
    "budget template add --pattern 'team:eu-*' --amount 1000 --period monthly --tz Europe/Berlin --enforcement hard",
  );
}
