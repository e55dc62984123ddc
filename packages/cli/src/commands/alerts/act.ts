import type { AIUsageClient, Alert, Instant } from "@ai-usage/client";
import { type Command, Option } from "commander";
import { durationMinutes } from "../../budget-parsers.ts";
import type { CommandContext } from "../../context.ts";
import { UsageError } from "../../failures.ts";
import { instant } from "../../parsers.ts";
import { renderAlert } from "../../render/alert.ts";
import { type JsonFlag, jsonOption, withExamples } from "../options.ts";

interface RemarkFlags extends JsonFlag {
  readonly note?: string;
}

interface SnoozeFlags extends RemarkFlags {
  readonly for?: number;
  readonly until?: Instant;
}

interface Act<Flags> {
  readonly name: string;
  readonly description: string;
  act(client: AIUsageClient, alertId: string, flags: Flags): Promise<Alert>;
}

export function addActCommands(alerts: Command, context: CommandContext): void {
  const ack = addAct<RemarkFlags>(alerts, context, {
    name: "ack",
    description: "Say that you are on it: it is not escalated, and nobody is reminded.",
    act: (client, id, flags) => client.acknowledgeAlert(id, remarkOf(flags)),
  });
  withExamples(ack, "alerts ack bud_0f3c9a41b2d7e856.2026-11.80.r1 --note 'looking into it'");
  const resolve = addAct<RemarkFlags>(alerts, context, {
    name: "resolve",
    description: "Say that it is over.",
    act: (client, id, flags) => client.resolveAlert(id, remarkOf(flags)),
  });
  withExamples(resolve, "alerts resolve bud_0f3c9a41b2d7e856.2026-11.80.r1 --note 'amount raised'");
  const snooze = addAct<SnoozeFlags>(alerts, context, {
    name: "snooze",
    description: "Have nobody told of it for a while; then those are told again whom it still concerns.",
    act: (client, id, flags) => client.snoozeAlert(id, { ...timeOf(flags), ...remarkOf(flags) }),
  })
    .addOption(
      new Option("--for <time>", "how long: 90m, 12h, 3d, 2w").argParser(durationMinutes).conflicts("until"),
    )
    .option("--until <instant>", "ISO 8601 with an offset", instant);
  withExamples(snooze, "alerts snooze bud_0f3c9a41b2d7e856.2026-11.80.r1 --for 12h");
}

function addAct<Flags extends RemarkFlags>(
  alerts: Command,
  context: CommandContext,
  { name, description, act }: Act<Flags>,
): Command {
  return alerts
    .command(name)
    .description(description)
    .argument("<id>", "alert id, from `ai-usage alerts list`")
    .option("--note <text>", "for those who look at it later")
    .addOption(jsonOption())
    .action(async (id: string, flags: Flags) => {
      const alert = await act(context.connect(), id, flags);
      if (flags.json) return context.printJson(alert);
      context.print(renderAlert(alert, context.style));
    });
}

const remarkOf = ({ note }: RemarkFlags) => (note === undefined ? {} : { note });

function timeOf({ for: minutes, until }: SnoozeFlags) {
  if (minutes !== undefined) return { minutes };
  if (until !== undefined) return { until };
  throw new UsageError("say for how long: --for 12h, or --until with an instant");
}
