import { type ChannelKind, channelKinds } from "@ai-usage/client";
import { Argument, type Command } from "commander";
import type { CommandContext } from "../../context.ts";
import { renderNewChannel } from "../../render/channels.ts";
import { addSecretOptions, readSecret, type SecretFlags } from "../../secret-input.ts";
import { type JsonFlag, jsonOption, withExamples } from "../options.ts";
import { addRuleOptions, type RuleFlags, rulesOf } from "./rule-options.ts";

interface AddFlags extends RuleFlags, SecretFlags, JsonFlag {
  readonly name: string;
}

const NOTES = `
Secrets are never arguments, which shells and lists of processes keep: they come from a variable of the environment
(--secret-env), from standard input (--secret-stdin), or are asked for on the terminal. A webhook without one gets one,
which is shown this once; its messages are signed with it.`;

export function addAddCommand(channels: Command, context: CommandContext): void {
  const add = channels
    .command("add")
    .description("Add a way of telling people.")
    .addArgument(new Argument("<kind>", "what it is").choices(channelKinds))
    .requiredOption("--name <text>", "what people call it");
  addSecretOptions(addRuleOptions(add))
    .addOption(jsonOption())
    .action(async (kind: ChannelKind, { name, json, ...flags }: AddFlags) => {
      const rules = rulesOf(flags);
      const secret = await readSecret(flags, context, secretPrompts[kind]);
      const added = await context
        .connect()
        .createChannel({ ...withoutEnds(rules), kind, name, ...(secret !== undefined && { secret }) });
      if (json) return context.printJson(added);
      context.print(renderNewChannel(added, context.style));
    });
  withExamples(
    add,
    "channels add email --name Ops --to ops@example.com,lead@example.com --min-level WARNING",
    "channels add slack --name '#costs' --secret-env SLACK_WEBHOOK_URL --quiet-hours 22:00-07:00 --tz Europe/Berlin",
    "channels add webhook --name Ledger --url https://hooks.example.com/ai-usage --scopes 'team:*' --rate-limit 10/1h",
    "channels add pagerduty --name On-call --standby --secret-stdin < routing-key.txt",
    "channels add email --name Weekly --to cfo@example.com --digest daily --digest-at 08:00",
  ).addHelpText("after", NOTES);
}

/** What is asked for where a kind cannot go without a secret. */
const secretPrompts: { readonly [Kind in ChannelKind]?: string } = {
  slack: "Address of the incoming webhook of Slack",
  teams: "Address of the workflow of Teams",
  pagerduty: "Routing key of the service in PagerDuty",
};

/** What is to end has never begun. */
function withoutEnds<Rules extends object>(rules: Rules) {
  return Object.fromEntries(Object.entries(rules).filter(([, value]) => value !== null)) as {
    readonly [Rule in keyof Rules]: Exclude<Rules[Rule], null>;
  };
}
