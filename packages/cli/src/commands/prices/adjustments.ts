import type { AdjustmentKind } from "@ai-usage/client";
import type { Command } from "commander";
import type { CommandContext } from "../../context.ts";
import { scope } from "../../parsers.ts";
import { dayOrInstant, percentage } from "../../price-parsers.ts";
import { renderAdjustments } from "../../render/adjustments.ts";
import { type JsonFlag, jsonOption, withExamples } from "../options.ts";

interface AdjustFlags extends JsonFlag {
  readonly scope: string;
  readonly percent: string;
  readonly from?: string;
  readonly to?: string;
  readonly note?: string;
  readonly replace?: string;
}

export function addAdjustmentCommands(prices: Command, context: CommandContext): void {
  addKind(
    prices,
    "discount",
    "Take a percentage off what calls of a scope cost by list, from a date on.",
    context,
  );
  addKind(
    prices,
    "margin",
    "Put a percentage on what calls of a scope cost, for who is charged on, from a date on.",
    context,
  );
  const adjustments = prices
    .command("adjustments")
    .description("Discounts and margins: list them, delete one.");
  withExamples(adjustments, "prices adjustments", "prices adjustments delete adj_0f3c9a41b2d7e856");
  const list = adjustments
    .command("list", { isDefault: true })
    .description("List discounts and margins.")
    .addOption(jsonOption())
    .action(async ({ json }: JsonFlag) => {
      const answer = await context.connect().adjustments();
      if (json) return context.printJson(answer);
      context.print(renderAdjustments(answer.adjustments, context.style));
    });
  withExamples(list, "prices adjustments list", "prices adjustments list --json");
  const remove = adjustments
    .command("delete")
    .description("End a discount or margin for good. Costs that follow from it stay until they are restated.")
    .argument("<id>", "from `ai-usage prices adjustments`")
    .addOption(jsonOption())
    .action(async (id: string, { json }: JsonFlag) => {
      const adjustment = await context.connect().deleteAdjustment(id);
      if (json) return context.printJson(adjustment);
      context.print(`deleted\n${renderAdjustments([adjustment], context.style)}`);
    });
  withExamples(remove, "prices adjustments delete adj_0f3c9a41b2d7e856");
}

function addKind(prices: Command, kind: AdjustmentKind, description: string, context: CommandContext): void {
  const command = prices
    .command(kind)
    .description(description)
    .requiredOption("--scope <scope>", "whose calls: service:openai, team:growth, global:all, …", scope)
    .requiredOption("--percent <n>", "of the amount, for example 12.5", percentage)
    .option("--from <time>", "from that day (midnight UTC) or instant on (always)", dayOrInstant)
    .option("--to <time>", "until then, not included (until further notice)", dayOrInstant)
    .option("--note <text>", "why, for the history")
    .option("--replace <id>", "put it in the place of that one, from `ai-usage prices adjustments`")
    .addOption(jsonOption())
    .action(async ({ json, replace, from, to, ...flags }: AdjustFlags) => {
      const client = context.connect();
      const input = { kind, ...flags, effective_from: from, effective_to: to };
      const adjustment = await client.putAdjustment(input, replace);
      if (json) return context.printJson(adjustment);
      context.print(renderAdjustments([adjustment], context.style));
    });
  withExamples(
    command,
    `prices ${kind} --scope service:openai --percent 12.5 --from 2026-12-01`,
    `prices ${kind} --scope team:growth --percent 5 --from 2027-01-01 --to 2027-04-01 --note 'first quarter'`,
  );
}
