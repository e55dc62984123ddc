import type { Command } from "commander";
import { askUnless } from "../../confirm.ts";
import type { CommandContext } from "../../context.ts";
import { renderChannel, renderChannels } from "../../render/channels.ts";
import { printable } from "../../render/format.ts";
import { type JsonFlag, jsonOption, withExamples, type YesFlag, yesOption } from "../options.ts";
import { addAddCommand } from "./add.ts";
import { addChannelTest } from "./test.ts";
import { addUpdateCommand } from "./update.ts";

export function addChannelCommands(program: Command, context: CommandContext): void {
  const channels = program
    .command("channels")
    .description("Channels: by which ways people are told of alerts, and when.");
  withExamples(
    channels,
    "channels add email --name Ops --to ops@example.com",
    "channels list",
    "channels test chn_0f3c9a41b2d7e856",
  );
  addAddCommand(channels, context);
  addReaders(channels, context);
  addUpdateCommand(channels, context);
  const remove = channels
    .command("remove")
    .description("Let a channel tell of nothing more. Its secret is deleted.")
    .argument("<id>", "channel id, from `ai-usage channels list`")
    .addOption(yesOption())
    .addOption(jsonOption())
    .action(async (id: string, { yes, json }: JsonFlag & YesFlag) => {
      await askUnless(yes, `Remove ${printable(id)}, and its secret for good?`, context);
      const removed = await context.connect().deleteChannel(id);
      if (json) return context.printJson(removed);
      context.print(`removed ${id} (${printable(removed.name)})`);
    });
  withExamples(remove, "channels remove chn_0f3c9a41b2d7e856 --yes");
  addChannelTest(channels, context, "channels test");
}

function addReaders(channels: Command, context: CommandContext): void {
  const list = channels
    .command("list")
    .description("List channels, without their secrets.")
    .addOption(jsonOption())
    .action(async ({ json }: JsonFlag) => {
      const answer = await context.connect().listChannels();
      if (json) return context.printJson(answer);
      context.print(renderChannels(answer.channels, context.style));
    });
  withExamples(list, "channels list");
  const show = channels
    .command("show")
    .description("Show all that is set of a channel.")
    .argument("<id>", "channel id, from `ai-usage channels list`")
    .addOption(jsonOption())
    .action(async (id: string, { json }: JsonFlag) => {
      const channel = await context.connect().getChannel(id);
      if (json) return context.printJson(channel);
      context.print(renderChannel(channel, context.style));
    });
  withExamples(show, "channels show chn_0f3c9a41b2d7e856");
}
