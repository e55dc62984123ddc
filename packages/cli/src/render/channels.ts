import type { Channel, NewChannel } from "@ai-usage/client";
import type { Style } from "../context.ts";
import { printable } from "./format.ts";
import { factLines } from "./lines.ts";
import { type Column, fittingTable } from "./table.ts";

const columns: readonly Column<Channel>[] = [
  { head: "id", cell: ({ channel_id }) => channel_id },
  { head: "kind", cell: ({ kind }) => kind },
  { head: "name", cuts: true, cell: ({ name }) => name },
  { head: "to", cuts: true, cell: targetText },
  { head: "from level", cell: ({ min_level }) => min_level },
  { head: "of", cuts: true, cell: ({ scopes }) => scopes?.join(", ") ?? "all" },
  { head: "when", cuts: true, cell: whenText },
  { head: "state", cell: stateText },
];

export function renderChannels(channels: readonly Channel[], style: Style): string {
  return channels.length === 0
    ? "No channels: nobody is told of alerts. Add one: ai-usage channels add email --name Ops --to ops@example.com"
    : fittingTable(columns, channels, style);
}

export function renderChannel(channel: Channel, { colors }: Style): string {
  const { channel_id, kind, name } = channel;
  return [
    `${colors.bold(printable(name))}  ${kind}  ${stateText(channel)}  ${colors.dim(channel_id)}`,
    factLines(
      [
        ["to", targetText(channel)],
        [
          "tells of",
          `${channel.min_level} and above${channel.standby ? ", when it is escalated to it" : ""}`,
        ],
        ["kinds", channel.alert_kinds?.join(", ")],
        ["scopes", channel.scopes?.join(", ")],
        ["quiet", quietText(channel)],
        ["digest", digestText(channel)],
        ["cooldown", channel.cooldown_minutes > 0 ? minutesText(channel.cooldown_minutes) : undefined],
        ["rate limit", rateText(channel)],
        ["escalates", escalationText(channel)],
      ],
      colors,
    ),
  ].join("\n");
}

/** With the secret that was made up for it, which is never shown again. */
export function renderNewChannel(channel: NewChannel, style: Style): string {
  const { secret } = channel;
  return [
    renderChannel(channel, style),
    ...(secret === undefined
      ? []
      : [
          "",
          `  secret  ${style.colors.bold(printable(secret))}`,
          "  Its messages are signed with it. It is shown this once: keep it where the receiver finds it.",
        ]),
    `Try it: ai-usage channels test ${channel.channel_id}`,
  ].join("\n");
}

function stateText({ active, built_in }: Channel): string {
  if (built_in) return "from the settings";
  return active ? "active" : "removed";
}

function targetText({ to, url, topic_arn, function_arn, has_secret }: Channel): string {
  const target = to?.join(", ") ?? url ?? topic_arn ?? function_arn;
  return target ?? (has_secret ? "(secret)" : "");
}

function whenText(channel: Channel): string {
  const parts = [
    ...(channel.standby ? ["on standby"] : []),
    ...(channel.quiet_hours ? [`not ${channel.quiet_hours.from}–${channel.quiet_hours.to}`] : []),
    ...(channel.digest ? [`${channel.digest.every} digest`] : []),
  ];
  return parts.join(", ") || "at once";
}

function quietText({ quiet_hours }: Channel): string | undefined {
  if (quiet_hours === undefined) return undefined;
  const { from, to, time_zone, days, unless_level } = quiet_hours;
  const on = days === undefined ? "" : ` on ${days.join(", ")}`;
  const unless = unless_level === undefined ? "" : `, unless ${unless_level}`;
  return `${from} to ${to}, ${time_zone}${on}${unless}`;
}

function digestText({ digest }: Channel): string | undefined {
  if (digest === undefined) return undefined;
  const at = digest.every === "daily" ? ` at ${digest.at}, ${digest.time_zone}` : "";
  return `${digest.every}${at}, up to ${digest.up_to_level}`;
}

function rateText({ rate_limit }: Channel): string | undefined {
  return rate_limit && `${rate_limit.messages} in ${minutesText(rate_limit.per_minutes)}`;
}

function escalationText({ escalation }: Channel): string | undefined {
  return escalation && `to ${escalation.channel_id} after ${minutesText(escalation.after_minutes)}`;
}

/** `30m`, `2h`, `1d` */
function minutesText(minutes: number): string {
  if (minutes % 1440 === 0) return `${minutes / 1440}d`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}
