import { Money, type ThresholdInput, type ThresholdLevel, thresholdLevels } from "@ai-usage/client";
import { InvalidArgumentError } from "commander";
import { amount } from "./parsers.ts";

// Readers of option values that only commands about budgets and alerts take.

const THRESHOLD = /^(forecast:)?(?:amount:(\S+?)|(\d{1,4}(?:\.\d{1,2})?)%?)(?:=([A-Z]+))?$/;
const THRESHOLD_SHAPE =
  "It must be a comma list of percentages or amounts, on the forecast and with levels if need be: 50,80%,amount:250,100=CRITICAL,forecast:100. Or none.";

/** `50,80%,amount:250,forecast:100=WARNING`; `none` for no thresholds at all. */
export function thresholds(text: string, before: readonly ThresholdInput[] = []): readonly ThresholdInput[] {
  if (text === "none") return [];
  return [...before, ...text.split(",").map((part) => threshold(part.trim()))];
}

function threshold(text: string): ThresholdInput {
  const [whole, forecast, money, percent, levelText] = THRESHOLD.exec(text) ?? [];
  if (whole === undefined) throw new InvalidArgumentError(THRESHOLD_SHAPE);
  const level = levelText === undefined ? undefined : levelOf(levelText);
  if (percent !== undefined && level === undefined && forecast === undefined) return percent;
  return {
    ...(percent === undefined ? { amount: amount(money ?? "") } : { percent }),
    ...(forecast !== undefined && { on: "forecast" as const }),
    ...(level !== undefined && { level }),
  };
}

function levelOf(text: string): ThresholdLevel {
  const level = thresholdLevels.find((one) => one === text);
  if (level !== undefined) return level;
  throw new InvalidArgumentError(`${text} is no level: those are ${thresholdLevels.join(", ")}.`);
}

/** `4,10`: four times as much as usual, and 10 dollars at least. */
export function spike(text: string): { times: string; at_least: string } {
  const [, times, atLeast] = /^(\d{1,4}(?:\.\d{1,4})?)x?,(.+)$/.exec(text) ?? [];
  if (times === undefined || atLeast === undefined) {
    throw new InvalidArgumentError(
      "It must be written times,dollars: 4,10 for an hour that costs 4 times the usual and $10 at least.",
    );
  }
  return { times, at_least: positiveAmount(atLeast) };
}

export function positiveAmount(text: string): string {
  const exact = amount(text);
  const money = Money.parse(exact);
  if (money.isZero() || money.isNegative()) throw new InvalidArgumentError("It must be more than zero.");
  return exact;
}

const HOUR_MS = 3_600_000;
const UNIT_MS = { m: 60_000, h: HOUR_MS, d: 24 * HOUR_MS, w: 7 * 24 * HOUR_MS } as const;

/** `90m`, `12h`, `3d`, `2w`, in minutes. */
export function durationMinutes(text: string): number {
  const [, count, unit] = /^([1-9]\d{0,5})([mhdw])$/.exec(text) ?? [];
  if (count === undefined) {
    throw new InvalidArgumentError(
      "It must be minutes, hours, days or weeks, for example 90m, 12h, 3d or 2w.",
    );
  }
  return (Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS]) / UNIT_MS.m;
}

const CLOCK = "([01]\\d|2[0-3]):[0-5]\\d";

/** `09:00` */
export function clockTime(text: string): string {
  if (new RegExp(`^${CLOCK}$`).test(text)) return text;
  throw new InvalidArgumentError("It must be a time of the day, for example 09:00.");
}

/** `22:00-07:00` */
export function clockRange(text: string): { from: string; to: string } {
  const [from, to, ...more] = text.split("-");
  if (from === undefined || to === undefined || more.length > 0 || from === to) {
    throw new InvalidArgumentError("It must be two times of the day, for example 22:00-07:00.");
  }
  return { from: clockTime(from), to: clockTime(to) };
}

/** `10/1h`: ten messages in an hour. */
export function rateLimit(text: string): { messages: number; per_minutes: number } {
  const [, messages, time] = /^([1-9]\d{0,3})\/(.+)$/.exec(text) ?? [];
  if (messages === undefined || time === undefined) {
    throw new InvalidArgumentError("It must be a number of messages in a time, for example 10/1h.");
  }
  return { messages: Number(messages), per_minutes: durationMinutes(time) };
}

/** `chn_0f3c9a41b2d7e856:30m` */
export function escalation(text: string): { channel_id: string; after_minutes: number } {
  const [, channelId, time] = /^(\w+):(.+)$/.exec(text) ?? [];
  if (channelId === undefined || time === undefined) {
    throw new InvalidArgumentError(
      "It must be the id of a channel and a time, for example chn_0f3c9a41b2d7e856:30m.",
    );
  }
  return { channel_id: channelId, after_minutes: durationMinutes(time) };
}
