import {
  alertKinds,
  type Channel,
  type ChannelTarget,
  channelKinds,
  type Digest,
  type Escalation,
  type QuietHours,
  type RateLimit,
  thresholdLevels,
  weekdays,
} from "@ai-usage/core";
import { InvalidItemError } from "./errors.ts";
import { type Item, ItemReader } from "./item.ts";
import { channelKey } from "./keys.ts";

export function toChannelItem(channel: Channel): Item {
  return {
    ...channelKey(channel.channelId),
    channel_id: channel.channelId,
    name: channel.name,
    target: targetAttributes(channel.target),
    secret_name: channel.secretName,
    min_level: channel.minLevel,
    alert_kinds: channel.alertKinds,
    scopes: channel.scopes,
    standby: channel.standby,
    quiet_hours: channel.quietHours && quietHoursAttributes(channel.quietHours),
    digest: channel.digest && digestAttributes(channel.digest),
    cooldown_minutes: channel.cooldownMinutes,
    rate_limit: channel.rateLimit && {
      messages: channel.rateLimit.messages,
      per_minutes: channel.rateLimit.perMinutes,
    },
    escalation: channel.escalation && {
      channel_id: channel.escalation.channelId,
      after_minutes: channel.escalation.afterMinutes,
    },
    active: channel.active,
    created_at: channel.createdAt,
    created_by: channel.createdBy,
    updated_at: channel.updatedAt,
  };
}

function targetAttributes(target: ChannelTarget): Item {
  switch (target.kind) {
    case "email":
      return { kind: target.kind, to: target.to };
    case "webhook":
      return { kind: target.kind, url: target.url };
    case "sns":
      return { kind: target.kind, topic_arn: target.topicArn };
    case "function":
      return { kind: target.kind, function_arn: target.functionArn };
    case "slack":
    case "teams":
    case "pagerduty":
      return { kind: target.kind };
    default:
      return target satisfies never;
  }
}

const quietHoursAttributes = ({ timeZone, from, to, days, unlessLevel }: QuietHours): Item => ({
  time_zone: timeZone,
  from,
  to,
  days,
  unless_level: unlessLevel,
});

const digestAttributes = ({ every, at, timeZone, upToLevel }: Digest): Item => ({
  every,
  at,
  time_zone: timeZone,
  up_to_level: upToLevel,
});

/** @throws InvalidItemError naming the attribute that is not what a channel has */
export function fromChannelItem(item: Item): Channel {
  const read = new ItemReader(item);
  return {
    channelId: read.text("channel_id"),
    name: read.text("name"),
    target: targetOf(read.map("target")),
    secretName: read.optionalText("secret_name"),
    minLevel: read.word("min_level", thresholdLevels),
    alertKinds: read.has("alert_kinds") ? wordsOf(read, "alert_kinds", alertKinds) : undefined,
    scopes: read.has("scopes") ? read.texts("scopes") : undefined,
    standby: read.flag("standby"),
    quietHours: read.has("quiet_hours") ? quietHoursOf(read.map("quiet_hours")) : undefined,
    digest: read.has("digest") ? digestOf(read.map("digest")) : undefined,
    cooldownMinutes: read.integer("cooldown_minutes"),
    rateLimit: read.has("rate_limit") ? rateLimitOf(read.map("rate_limit")) : undefined,
    escalation: read.has("escalation") ? escalationOf(read.map("escalation")) : undefined,
    active: read.flag("active"),
    createdAt: read.instant("created_at"),
    createdBy: read.text("created_by"),
    updatedAt: read.instant("updated_at"),
  };
}

function targetOf(read: ItemReader): ChannelTarget {
  const kind = read.word("kind", channelKinds);
  switch (kind) {
    case "email":
      return { kind, to: read.texts("to") };
    case "webhook":
      return { kind, url: read.text("url") };
    case "sns":
      return { kind, topicArn: read.text("topic_arn") };
    case "function":
      return { kind, functionArn: read.text("function_arn") };
    case "slack":
    case "teams":
    case "pagerduty":
      return { kind };
    default:
      return kind satisfies never;
  }
}

const quietHoursOf = (read: ItemReader): QuietHours => ({
  timeZone: read.text("time_zone"),
  from: read.text("from"),
  to: read.text("to"),
  ...(read.has("days") && { days: wordsOf(read, "days", weekdays) }),
  ...(read.has("unless_level") && { unlessLevel: read.word("unless_level", thresholdLevels) }),
});

const digestOf = (read: ItemReader): Digest => ({
  every: read.word("every", ["hourly", "daily"]),
  at: read.text("at"),
  timeZone: read.text("time_zone"),
  upToLevel: read.word("up_to_level", thresholdLevels),
});

const rateLimitOf = (read: ItemReader): RateLimit => ({
  messages: read.integer("messages"),
  perMinutes: read.integer("per_minutes"),
});

const escalationOf = (read: ItemReader): Escalation => ({
  channelId: read.text("channel_id"),
  afterMinutes: read.integer("after_minutes"),
});

function wordsOf<Word extends string>(read: ItemReader, name: string, allowed: readonly Word[]): Word[] {
  return read.texts(name).map((text) => {
    const word = allowed.find((candidate) => candidate === text);
    if (word === undefined) throw new InvalidItemError(name, `holds what is none of ${allowed.join(", ")}`);
    return word;
  });
}
