import type { Command } from "commander";
import type { CommandContext } from "../../context.ts";
import { addChannelTest } from "../channels/test.ts";
import { withExamples } from "../options.ts";
import { addActCommands } from "./act.ts";
import { addListCommands } from "./list.ts";
import { addRedriveCommand } from "./redrive.ts";

export function addAlertCommands(program: Command, context: CommandContext): void {
  const alerts = program
    .command("alerts")
    .description("Alerts: what people were told of and how, who is on it, what is over.");
  withExamples(
    alerts,
    "alerts list --state open,acknowledged --level WARNING",
    "alerts ack bud_0f3c9a41b2d7e856.2026-11.80.r1 --note 'looking into it'",
    "alerts redrive --all",
  );
  addListCommands(alerts, context);
  addActCommands(alerts, context);
  addRedriveCommand(alerts, context);
  addChannelTest(alerts, context, "alerts test");
}
