import { type Instant, isUsageUnit, knownUnits, Money } from "@ai-usage/client";
import { InvalidArgumentError } from "commander";
import { amount, day, instant, wholeNumber } from "./parsers.ts";

// Readers of option values that only commands about prices take.

/** `input=2.50`, of an option that may be given several times. */
export const unitAmounts = perUnit((text) => priceText(text));

/** `search=3`, of an option that may be given several times. */
export const unitCounts = perUnit(wholeNumber(0));

function perUnit<Value>(read: (text: string) => Value) {
  return (text: string, before: Readonly<Record<string, Value>> = {}): Record<string, Value> => {
    const [, unit, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (unit === undefined || value === undefined) {
      throw new InvalidArgumentError("It must be written unit=value, for example input=2.50.");
    }
    if (!isUsageUnit(unit)) {
      throw new InvalidArgumentError(
        `${unit} is no unit: it is one of ${knownUnits.join(", ")}, or one of your own that begins with x_.`,
      );
    }
    if (Object.hasOwn(before, unit)) throw new InvalidArgumentError(`${unit} is given twice.`);
    return { ...before, [unit]: read(value) };
  };
}

/** An amount that is not below zero; it stays text. */
export function priceText(text: string): string {
  const exact = amount(text);
  if (!Money.parse(exact).isNegative()) return exact;
  throw new InvalidArgumentError("It must not be below zero.");
}

export function percentage(text: string): string {
  if (/^\d{1,4}(\.\d{1,4})?%?$/.test(text)) return text.replace(/%$/, "");
  throw new InvalidArgumentError("It must be a percentage with at most four places, for example 12.5.");
}

/** A day, which begins at midnight UTC, or an instant. */
export function dayOrInstant(text: string): string {
  try {
    return /^\d{4}-\d{2}-\d{2}$/.test(text) ? day(text) : instant(text);
  } catch {
    throw new InvalidArgumentError(
      "It must be a calendar day, yyyy-mm-dd, or an ISO 8601 instant with an offset.",
    );
  }
}

/** The first millisecond of a day, or the instant itself. */
export function instantOf(text: string): Instant {
  return instant(dayOrInstant(text).length === 10 ? `${text}T00:00:00Z` : text);
}

/** Of an option that may be given several times, or once with commas. */
export function words(text: string, before: readonly string[] = []): readonly string[] {
  const list = text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
  if (list.length === 0) throw new InvalidArgumentError("It must not be empty.");
  return [...new Set([...before, ...list])];
}
