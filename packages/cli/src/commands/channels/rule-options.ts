import {
  type AlertKind,
  alertKinds,
  type ChannelPatch,
  type DigestInput,
  type QuietHoursInput,
  type ThresholdLevel,
  thresholdLevels,
  type Weekday,
  weekdays,
} from "@ai-usage/client";
import { type Command, Option } from "commander";
import { clockRange, clockTime, durationMinutes, escalation, rateLimit } from "../../budget-parsers.ts";
import { UsageError } from "../../failures.ts";
import { listOf, timeZone } from "../../parsers.ts";
import { words } from "../../price-parsers.ts";

/** What a channel tells of, and when. `false` ends what was set. */
export interface RuleFlags {
  readonly name?: string;
  readonly to?: readonly string[];
  readonly url?: string;
  readonly topicArn?: string;
  readonly functionArn?: string;
  readonly minLevel?: ThresholdLevel;
  readonly kinds?: readonly AlertKind[] | false;
  readonly scopes?: readonly string[] | false;
  readonly standby?: boolean;
  readonly quietHours?: { readonly from: string; readonly to: string } | false;
  readonly quietDays?: readonly Weekday[];
  readonly quietUnless?: ThresholdLevel;
  readonly digest?: DigestInput["every"] | false;
  readonly digestAt?: string;
  readonly digestUpTo?: ThresholdLevel;
  readonly tz?: string;
  readonly cooldown?: number;
  readonly rateLimit?: { readonly messages: number; readonly per_minutes: number } | false;
  readonly escalate?: { readonly channel_id: string; readonly after_minutes: number } | false;
}

export function addRuleOptions(command: Command): Command {
  return command
    .option("--to <addresses>", "of a channel for mail: a comma list", words)
    .option("--url <address>", "of a webhook: https, and public")
    .option("--topic-arn <arn>", "of an SNS topic")
    .option("--function-arn <arn>", "of a function of your own that sends")
    .addOption(
      new Option("--min-level <level>", "tell of this level and those above it (INFO)").choices(
        thresholdLevels,
      ),
    )
    .option("--kinds <kinds>", `only of these: ${alertKinds.join(", ")}`, listOf(alertKinds))
    .option("--scopes <patterns>", "only of alerts of these: team:growth,team:*", words)
    .option("--standby", "tell of nothing but what is escalated to it")
    .option("--quiet-hours <from-to>", "messages wait meanwhile: 22:00-07:00", clockRange)
    .option("--quiet-days <days>", "days on which they begin (every day)", listOf(weekdays))
    .addOption(
      new Option("--quiet-unless <level>", "this level and those above it do not wait").choices(
        thresholdLevels,
      ),
    )
    .addOption(new Option("--digest <every>", "collect alerts into one message").choices(["hourly", "daily"]))
    .option("--digest-at <time>", "when a daily one goes out: 09:00", clockTime)
    .addOption(
      new Option("--digest-up-to <level>", "those above this level go out at once (WARNING)").choices(
        thresholdLevels,
      ),
    )
    .option("--tz <zone>", "IANA time zone of quiet hours and digest (UTC)", timeZone)
    .option("--cooldown <time>", "no second message about a scope within that time: 30m, 2h", durationMinutes)
    .option("--rate-limit <n/time>", "no more messages than that; the others wait: 10/1h", rateLimit)
    .option(
      "--escalate <id:time>",
      "where an alert goes that nobody acknowledges in time: chn_…:30m",
      escalation,
    );
}

/** @throws UsageError when an option lacks the one that it goes with */
export function rulesOf(flags: RuleFlags): ChannelPatch {
  const { minLevel, kinds, scopes, cooldown, rateLimit: limit, escalate } = flags;
  return {
    ...(flags.name !== undefined && { name: flags.name }),
    ...(flags.to && { to: flags.to }),
    ...(flags.url !== undefined && { url: flags.url }),
    ...(flags.topicArn !== undefined && { topic_arn: flags.topicArn }),
    ...(flags.functionArn !== undefined && { function_arn: flags.functionArn }),
    ...(minLevel && { min_level: minLevel }),
    ...(kinds !== undefined && { alert_kinds: kinds || null }),
    ...(scopes !== undefined && { scopes: scopes || null }),
    ...(flags.standby !== undefined && { standby: flags.standby }),
    ...quietHoursOf(flags),
    ...digestOf(flags),
    ...(cooldown !== undefined && { cooldown_minutes: cooldown }),
    ...(limit !== undefined && { rate_limit: limit || null }),
    ...(escalate !== undefined && { escalation: escalate || null }),
  };
}

function quietHoursOf(flags: RuleFlags): { readonly quiet_hours?: QuietHoursInput | null } {
  const { quietHours, quietDays, quietUnless, tz } = flags;
  if (quietHours === false) return { quiet_hours: null };
  if (quietHours !== undefined) {
    return {
      quiet_hours: {
        ...quietHours,
        ...(tz !== undefined && { time_zone: tz }),
        ...(quietDays && { days: quietDays }),
        ...(quietUnless && { unless_level: quietUnless }),
      },
    };
  }
  if (quietDays || quietUnless) throw new UsageError("--quiet-days and --quiet-unless go with --quiet-hours");
  return {};
}

function digestOf(flags: RuleFlags): { readonly digest?: DigestInput | null } {
  const { digest, digestAt, digestUpTo, tz, quietHours } = flags;
  if (digest === false) return { digest: null };
  if (digest !== undefined) {
    return {
      digest: {
        every: digest,
        ...(digestAt !== undefined && { at: digestAt }),
        ...(tz !== undefined && { time_zone: tz }),
        ...(digestUpTo && { up_to_level: digestUpTo }),
      },
    };
  }
  if (digestAt !== undefined || digestUpTo)
    throw new UsageError("--digest-at and --digest-up-to go with --digest");
  if (tz !== undefined && !quietHours) throw new UsageError("--tz goes with --quiet-hours or --digest");
  return {};
}
