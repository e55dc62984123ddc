import {
  alertKinds,
  type Channel,
  type Digest,
  InvalidScopeError,
  parseScope,
  type QuietHours,
  thresholdLevels,
  weekdays,
} from "@ai-usage/core";
import * as z from "zod";
import { countField, wordField } from "./fields.ts";
import { timeZoneField } from "./usage-wire.ts";

const WEEK_MINUTES = 7 * 24 * 60;
const DAY_MINUTES = 24 * 60;
const PATTERNS_MAX = 50;

const timeField = z
  .string({ error: () => "must be a string" })
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time of the day, for example 22:00");

const patternField = z
  .string({ error: () => "must be a string" })
  .refine(isScopePattern, "must be a scope (team:growth), all of a dimension (team:*), or *");

function isScopePattern(pattern: string): boolean {
  if (pattern === "*") return true;
  try {
    parseScope(pattern.endsWith(":*") ? pattern.replace(/\*$/, "all") : pattern);
    return true;
  } catch (error) {
    if (error instanceof InvalidScopeError) return false;
    throw error;
  }
}

const object = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: ({ code }) =>
      code === "unrecognized_keys" ? undefined : `must be an object with ${Object.keys(shape).join(", ")}`,
  });

const quietHoursField = object({
  from: timeField,
  to: timeField,
  time_zone: timeZoneField.default("UTC"),
  days: z
    .array(wordField(weekdays), { error: () => "must be a list of days" })
    .min(1, "must name at least one day, or be left out")
    .max(weekdays.length, "must name each day once")
    .optional(),
  unless_level: wordField(thresholdLevels).optional(),
});

const digestField = object({
  every: wordField(["hourly", "daily"]),
  at: timeField.default("09:00"),
  time_zone: timeZoneField.default("UTC"),
  up_to_level: wordField(thresholdLevels).default("WARNING"),
});

const rateLimitField = object({ messages: countField(1000, 1), per_minutes: countField(DAY_MINUTES, 1) });

const escalationField = object({
  channel_id: z.string({ error: () => "must be a string" }).regex(/^\w{1,64}$/, "is no id of a channel"),
  after_minutes: countField(WEEK_MINUTES, 1),
});

/** What a channel tells of, and when. */
export const channelRuleFields = {
  min_level: wordField(thresholdLevels).optional(),
  alert_kinds: z
    .array(wordField(alertKinds), { error: () => "must be a list of kinds" })
    .min(1, "must name at least one kind, or be left out")
    .nullish(),
  scopes: z
    .array(patternField, { error: () => "must be a list of scopes" })
    .min(1, "must name at least one scope, or be left out")
    .max(PATTERNS_MAX, `must have at most ${PATTERNS_MAX} entries`)
    .nullish(),
  standby: z.boolean({ error: () => "must be true or false" }).optional(),
  quiet_hours: quietHoursField.nullish(),
  digest: digestField.nullish(),
  cooldown_minutes: countField(WEEK_MINUTES).optional(),
  rate_limit: rateLimitField.nullish(),
  escalation: escalationField.nullish(),
};

const rulesSchema = z.object({ ...channelRuleFields, name: z.string().optional() });
type WireRules = z.output<typeof rulesSchema>;

type ChannelRules = Pick<
  Channel,
  | "name"
  | "minLevel"
  | "alertKinds"
  | "scopes"
  | "standby"
  | "quietHours"
  | "digest"
  | "cooldownMinutes"
  | "rateLimit"
  | "escalation"
>;

const defaultRules: ChannelRules = { name: "", minLevel: "INFO", standby: false, cooldownMinutes: 0 };

/** @param before what holds where the request says nothing; its `null` ends it */
export function rulesFromWire(wire: WireRules, before: ChannelRules = defaultRules): ChannelRules {
  return {
    name: wire.name ?? before.name,
    minLevel: wire.min_level ?? before.minLevel,
    alertKinds: changed(wire.alert_kinds, before.alertKinds, (kinds) => [...new Set(kinds)]),
    scopes: changed(wire.scopes, before.scopes, (scopes) => [...new Set(scopes)]),
    standby: wire.standby ?? before.standby,
    quietHours: changed(wire.quiet_hours, before.quietHours, quietHoursFromWire),
    digest: changed(wire.digest, before.digest, digestFromWire),
    cooldownMinutes: wire.cooldown_minutes ?? before.cooldownMinutes,
    rateLimit: changed(wire.rate_limit, before.rateLimit, ({ messages, per_minutes: perMinutes }) => ({
      messages,
      perMinutes,
    })),
    escalation: changed(
      wire.escalation,
      before.escalation,
      ({ channel_id: channelId, after_minutes: afterMinutes }) => ({ channelId, afterMinutes }),
    ),
  };
}

function changed<Wire, T>(
  wire: Wire | null | undefined,
  before: T | undefined,
  fromWire: (wire: Wire) => T,
): T | undefined {
  if (wire === undefined) return before;
  return wire === null ? undefined : fromWire(wire);
}

const quietHoursFromWire = (wire: z.output<typeof quietHoursField>): QuietHours => ({
  timeZone: wire.time_zone,
  from: wire.from,
  to: wire.to,
  ...(wire.days && { days: [...new Set(wire.days)] }),
  ...(wire.unless_level && { unlessLevel: wire.unless_level }),
});

const digestFromWire = (wire: z.output<typeof digestField>): Digest => ({
  every: wire.every,
  at: wire.at,
  timeZone: wire.time_zone,
  upToLevel: wire.up_to_level,
});

/** The rules as answers show them: in the words of a request. */
export function rulesToWire({ quietHours, digest, rateLimit, escalation, ...rules }: ChannelRules) {
  return {
    name: rules.name,
    min_level: rules.minLevel,
    alert_kinds: rules.alertKinds,
    scopes: rules.scopes,
    standby: rules.standby,
    quiet_hours: quietHours && {
      from: quietHours.from,
      to: quietHours.to,
      time_zone: quietHours.timeZone,
      days: quietHours.days,
      unless_level: quietHours.unlessLevel,
    },
    digest: digest && {
      every: digest.every,
      at: digest.at,
      time_zone: digest.timeZone,
      up_to_level: digest.upToLevel,
    },
    cooldown_minutes: rules.cooldownMinutes,
    rate_limit: rateLimit && { messages: rateLimit.messages, per_minutes: rateLimit.perMinutes },
    escalation: escalation && {
      channel_id: escalation.channelId,
      after_minutes: escalation.afterMinutes,
    },
  };
}
