import { type Command, Option } from "commander";
import type { CommandContext } from "../../context.ts";
import { UsageError } from "../../failures.ts";
import { renderChannel } from "../../render/channels.ts";
import { addSecretOptions, readSecret, type SecretFlags } from "../../secret-input.ts";
import { type JsonFlag, jsonOption, withExamples } from "../options.ts";
import { addRuleOptions, type RuleFlags, rulesOf } from "./rule-options.ts";

interface UpdateFlags extends RuleFlags, SecretFlags, JsonFlag {}

const ends = [
  ["--no-kinds", "tell of all kinds"],
  ["--no-scopes", "tell of all scopes"],
  ["--no-standby", "tell of alerts that nobody escalates, too"],
  ["--no-quiet-hours", "tell at any hour"],
  ["--no-digest", "tell of each alert by itself"],
  ["--no-rate-limit", "as many messages as there are"],
  ["--no-escalate", "to nobody else"],
] as const;

export function addUpdateCommand(channels: Command, context: CommandContext): void {
  const update = channels
    .command("update")
    .description("Change a channel: what is given, and nothing else. Its kind is fixed.")
    .argument("<id>", "channel id, from `ai-usage channels list`")
    .option("--name <text>", "what people call it");
  addSecretOptions(addRuleOptions(update));
  for (const [flag, description] of ends) update.addOption(new Option(flag, description));
  update.addOption(jsonOption()).action(async (id: string, { json, ...flags }: UpdateFlags) => {
    const secret = await readSecret(flags, context);
    const patch = { ...rulesOf(flags), ...(secret !== undefined && { secret }) };
    if (Object.keys(patch).length === 0)
      throw new UsageError("say what to change, for example --min-level WARNING");
    const channel = await context.connect().updateChannel(id, patch);
    if (json) return context.printJson(channel);
    context.print(renderChannel(channel, context.style));
  });
  withExamples(
    update,
    "channels update chn_0f3c9a41b2d7e856 --min-level CRITICAL --no-quiet-hours",
    "channels update chn_0f3c9a41b2d7e856 --secret-env SLACK_WEBHOOK_URL",
  );
}
