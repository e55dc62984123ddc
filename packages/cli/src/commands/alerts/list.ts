import {
  type Alert,
  type AlertKind,
  type AlertState,
  alertKinds,
  alertStates,
  type ThresholdLevel,
  thresholdLevels,
} from "@ai-usage/client";
import { type Command, Option } from "commander";
import type { CommandContext } from "../../context.ts";
import { listOf, scope, wholeNumber } from "../../parsers.ts";
import { renderAlert } from "../../render/alert.ts";
import { renderAlerts } from "../../render/alerts.ts";
import { type JsonFlag, jsonOption, withExamples } from "../options.ts";
import { collect } from "../pages.ts";

interface ListFlags extends JsonFlag {
  readonly state?: readonly AlertState[];
  readonly level?: ThresholdLevel;
  readonly kind?: readonly AlertKind[];
  readonly scope?: string;
  readonly budget?: string;
  readonly limit: number;
}

export function addListCommands(alerts: Command, context: CommandContext): void {
  const list = alerts
    .command("list")
    .description("List alerts, the newest first.")
    .option("--state <states>", `a comma list of ${alertStates.join(", ")} (all)`, listOf(alertStates))
    .addOption(new Option("--level <level>", "this level and those above it").choices(thresholdLevels))
    .option("--kind <kinds>", `a comma list of ${alertKinds.join(", ")} (all)`, listOf(alertKinds))
    .option("--scope <scope>", "only of this scope", scope)
    .option("--budget <id>", "only of this budget")
    .option("--limit <n>", "at most this many", wholeNumber(1), 50)
    .addOption(jsonOption())
    .action(async ({ limit, json, budget, ...selection }: ListFlags) => {
      const client = context.connect();
      const { items, nextCursor } = await collect<Alert>(limit, async (paging) => {
        const asked = { ...selection, ...(budget !== undefined && { budget_id: budget }), ...paging };
        const page = await client.listAlerts(asked);
        return { items: page.alerts, nextCursor: page.next_cursor };
      });
      if (json) return context.printJson({ alerts: items, next_cursor: nextCursor });
      const isChosen = budget !== undefined || Object.keys(selection).length > 0;
      context.print(renderAlerts(items, isChosen, context.style));
    });
  withExamples(
    list,
    "alerts list",
    "alerts list --state open --level CRITICAL",
    "alerts list --scope team:growth --kind budget_threshold,cost_spike --limit 10 --json",
  );
  const show = alerts
    .command("show")
    .description("Show all that an alert says: what happened, who is on it, each attempt to tell people.")
    .argument("<id>", "alert id, from `ai-usage alerts list`")
    .addOption(jsonOption())
    .action(async (id: string, { json }: JsonFlag) => {
      const alert = await context.connect().getAlert(id);
      if (json) return context.printJson(alert);
      context.print(renderAlert(alert, context.style));
    });
  withExamples(show, "alerts show bud_0f3c9a41b2d7e856.2026-11.80.r1");
}
