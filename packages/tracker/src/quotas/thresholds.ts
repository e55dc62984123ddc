import { type FixedPoint, parseFixedPoint } from "@ai-usage/core/exact";
import { TrackerConfigurationError } from "../environment/configuration-error.ts";
import { type BudgetStanding, exact } from "./budget-standing.ts";

/** `"80%"` of a budget's limit, or US dollars as exact text, `"5.00"`, that are spent in the period of a budget of dollars. */
export type Threshold = `${number}%` | `${number}`;

/** Tells whether a budget's spend has reached it. */
export type IsReached = (standing: BudgetStanding) => boolean;

/** @throws TrackerConfigurationError naming those that cannot be */
export function readThresholds<Name extends string>(
  thresholds: Readonly<Record<Name, Threshold>>,
): Map<Name, IsReached> {
  const read = new Map<Name, IsReached>();
  const problems: string[] = [];
  for (const [name, text] of Object.entries(thresholds) as [Name, Threshold][]) {
    const isReached = readThreshold(text);
    if (isReached !== undefined) read.set(name, isReached);
    else problems.push(`threshold ${name} must be a percentage or an amount above 0, "80%" or "5.00"`);
  }
  if (problems.length > 0) throw new TrackerConfigurationError(problems);
  return read;
}

function readThreshold(text: unknown): IsReached | undefined {
  if (typeof text !== "string") return undefined;
  const isPercent = text.endsWith("%");
  const number = parseFixedPoint(isPercent ? text.slice(0, -1) : text);
  if (number === undefined || number <= 0n) return undefined;
  if (isPercent) return ({ spent, limit }) => isShareReached(exact(spent), exact(limit), number);
  return ({ unit, spent }) => unit === "usd" && exact(spent) >= number;
}

const HUNDRED = 100n * 10n ** 18n;

const isShareReached = (spent: FixedPoint, limit: FixedPoint, percent: FixedPoint): boolean =>
  spent * HUNDRED >= limit * percent;
