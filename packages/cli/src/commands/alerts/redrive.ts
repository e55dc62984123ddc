import { type Command, Option } from "commander";
import { askUnless } from "../../confirm.ts";
import type { CommandContext } from "../../context.ts";
import { UsageError } from "../../failures.ts";
import { renderAlert } from "../../render/alert.ts";
import { count, printable } from "../../render/format.ts";
import { type JsonFlag, jsonOption, withExamples, type YesFlag, yesOption } from "../options.ts";

interface RedriveFlags extends JsonFlag, YesFlag {
  readonly channel?: string;
  readonly all?: boolean;
}

export function addRedriveCommand(alerts: Command, context: CommandContext): void {
  const redrive = alerts
    .command("redrive")
    .description("Send messages again that were given up: of one alert over one channel, or all.")
    .argument("[id]", "alert id, with --channel")
    .option("--channel <id>", "over this channel, from `ai-usage channels list`")
    .addOption(new Option("--all", "all that were given up, or those of --channel"))
    .addOption(yesOption())
    .addOption(jsonOption())
    .action((id: string | undefined, flags: RedriveFlags) => redriveOneOrAll(id, flags, context));
  withExamples(
    redrive,
    "alerts redrive bud_0f3c9a41b2d7e856.2026-11.80.r1 --channel chn_0f3c9a41b2d7e856",
    "alerts redrive --all --channel chn_0f3c9a41b2d7e856 --yes",
  );
}

async function redriveOneOrAll(
  id: string | undefined,
  { channel, all, yes, json }: RedriveFlags,
  context: CommandContext,
): Promise<void> {
  if ((id === undefined) === !all) throw new UsageError("give the id of an alert with --channel, or --all");
  const client = context.connect();
  if (id !== undefined) {
    if (channel === undefined) throw new UsageError("say over which channel: --channel");
    const alert = await client.redriveDelivery(id, channel);
    return json ? context.printJson(alert) : context.print(renderAlert(alert, context.style));
  }
  const which = channel === undefined ? "" : ` over ${printable(channel)}`;
  await askUnless(yes, `Send all messages again that were given up${which}?`, context);
  const answer = await client.redriveDeliveries(channel === undefined ? {} : { channel_id: channel });
  if (json) return context.printJson(answer);
  context.print(
    `${count(answer.redriven)} ${answer.redriven === 1 ? "message is" : "messages are"} sent again`,
  );
}
