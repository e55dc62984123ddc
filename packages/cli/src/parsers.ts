import {
  type Instant,
  InvalidMoneyError,
  InvalidScopeError,
  isTimeZone,
  Money,
  parseInstant,
  parseScope,
  parseUtcDate,
  plusMs,
} from "@ai-usage/client";
import { InvalidArgumentError } from "commander";

// Readers of option values. What they throw, commander shows beside the option's name.

export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    const upTo = max === Number.MAX_SAFE_INTEGER ? "" : ` to ${max}`;
    throw new InvalidArgumentError(`It must be a whole number, from ${min}${upTo}.`);
  };
}

export function milliseconds(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a number of milliseconds.");
}

export function day(text: string): string {
  return orInvalid(() => parseUtcDate(text), "It must be a calendar day, yyyy-mm-dd.");
}

export function instant(text: string): Instant {
  return orInvalid(
    () => parseInstant(text),
    "It must be an ISO 8601 instant with an offset, for example 2026-11-21T10:15:00Z.",
  );
}

export function timeZone(text: string): string {
  if (isTimeZone(text)) return text;
  throw new InvalidArgumentError("It must be an IANA time zone, for example Europe/Berlin.");
}

export function scope(text: string): string {
  try {
    return parseScope(text);
  } catch (error) {
    throw error instanceof InvalidScopeError ? new InvalidArgumentError(`It ${error.message}.`) : error;
  }
}

/** Stays text: an amount is never made a float. */
export function amount(text: string): string {
  try {
    return Money.parse(text).toString();
  } catch (error) {
    throw error instanceof InvalidMoneyError ? new InvalidArgumentError(`It ${error.message}.`) : error;
  }
}

export function listOf<const Word extends string>(words: readonly Word[]) {
  return (text: string, before: readonly Word[] = []): readonly Word[] => {
    const list = text.split(",").map((part) => {
      const known = words.find((word) => word === part.trim());
      if (known === undefined)
        throw new InvalidArgumentError(`It must be a comma list of ${words.join(", ")}.`);
      return known;
    });
    return [...new Set([...before, ...list])];
  };
}

/** Of an option that may be given several times. */
export function scopes(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, scope(text)];
}

export function keyValue(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) {
    throw new InvalidArgumentError("It must be written name=value.");
  }
  return { ...before, [key]: value };
}

const UNIT_MS = { h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

export function after(now: () => Instant) {
  return (text: string): Instant => {
    const [, count, unit] = /^([1-9]\d{0,4})([hdw])$/.exec(text) ?? [];
    if (count === undefined) {
      throw new InvalidArgumentError("It must be hours, days or weeks, for example 12h, 90d or 4w.");
    }
    return plusMs(now(), Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS]);
  };
}

function orInvalid<T>(parse: () => T, message: string): T {
  try {
    return parse();
  } catch {
    throw new InvalidArgumentError(message);
  }
}
