import { type Budget, type PeriodKind, periodKinds } from "@ai-usage/client";
import { type Command, Option } from "commander";
import pMap from "p-map";
import type { CommandContext } from "../context.ts";
import { amount, percentages, scope, timeZone } from "../parsers.ts";
import { renderBudgets, renderStatuses } from "../render/budgets.ts";
import { type JsonFlag, jsonOption, withExamples } from "./options.ts";
import { collect } from "./pages.ts";

interface CreateFlags extends JsonFlag {
  readonly scope: string;
  readonly amount: string;
  readonly period: PeriodKind;
  readonly tz?: string;
  readonly threshold?: readonly string[];
  readonly name?: string;
}

const STATUSES_AT_ONCE = 8;

export function addBudgetCommands(program: Command, context: CommandContext): void {
  const budget = program.command("budget").description("Budgets: amounts that spending is held against.");
  withExamples(budget, "budget create --scope global:all --amount 100 --period daily", "budget status");
  addCreate(budget, context);
  const list = budget
    .command("list")
    .description("List budgets, those that are no longer active too.")
    .addOption(jsonOption())
    .action(async ({ json }: JsonFlag) => {
      const budgets = await allBudgets(context);
      if (json) return context.printJson({ budgets });
      context.print(renderBudgets(budgets, context.style));
    });
  withExamples(list, "budget list", "budget list --json");
  const status = budget
    .command("status")
    .description("Show what is spent and what is left in the current period.")
    .argument("[id]", "budget id, from `ai-usage budget list`; all active ones when left out")
    .addOption(jsonOption())
    .action((id: string | undefined, flags: JsonFlag) => showStatus(id, flags, context));
  withExamples(status, "budget status", "budget status bud_0f3c9a41b2d7e856 --json");
  const deactivate = budget
    .command("deactivate")
    .description("Stop holding spending against a budget. Its alerts stay.")
    .argument("<id>", "budget id, from `ai-usage budget list`")
    .addOption(jsonOption())
    .action(async (id: string, { json }: JsonFlag) => {
      const deactivated = await context.connect().deactivateBudget(id);
      if (json) return context.printJson(deactivated);
      context.print(renderBudgets([deactivated], context.style));
    });
  withExamples(deactivate, "budget deactivate bud_0f3c9a41b2d7e856");
}

function addCreate(budget: Command, context: CommandContext): void {
  const create = budget
    .command("create")
    .description("Set a budget. It counts what its scope has already spent in the period.")
    .requiredOption("--scope <scope>", "what it is about: global:all, team:growth, model:gpt-4o, …", scope)
    .requiredOption("--amount <usd>", "US dollars in each period", amount)
    .addOption(
      new Option("--period <kind>", "when it begins anew").choices(periodKinds).makeOptionMandatory(),
    )
    .option("--tz <zone>", "IANA time zone that its periods begin in (UTC)", timeZone)
    .option("--threshold <percents>", "when to alert, a comma list (50,80,95,100)", percentages)
    .option("--name <text>", "what it is called in alerts")
    .addOption(jsonOption())
    .action(async ({ json, tz, threshold, ...flags }: CreateFlags) => {
      const created = await context
        .connect()
        .createBudget({ ...flags, time_zone: tz, thresholds: threshold });
      if (json) return context.printJson(created);
      context.print(renderBudgets([created], context.style));
    });
  withExamples(
    create,
    "budget create --scope team:growth --amount 500 --period monthly --tz Europe/Berlin",
    "budget create --scope global:all --amount 99.50 --period daily --threshold 50,80,100 --name everything",
  );
}

async function showStatus(
  id: string | undefined,
  { json }: JsonFlag,
  context: CommandContext,
): Promise<void> {
  const client = context.connect();
  if (id !== undefined) {
    const status = await client.budgetStatus(id);
    return json ? context.printJson(status) : context.print(renderStatuses([status], context.style));
  }
  const active = (await allBudgets(context)).filter((budget) => budget.active);
  const statuses = await pMap(active, ({ budget_id }) => client.budgetStatus(budget_id), {
    concurrency: STATUSES_AT_ONCE,
  });
  if (json) return context.printJson({ statuses });
  context.print(renderStatuses(statuses, context.style));
}

async function allBudgets(context: CommandContext): Promise<readonly Budget[]> {
  const client = context.connect();
  const { items } = await collect<Budget>(Number.POSITIVE_INFINITY, async (query) => {
    const page = await client.listBudgets(query);
    return { items: page.budgets, nextCursor: page.next_cursor };
  });
  return items;
}
