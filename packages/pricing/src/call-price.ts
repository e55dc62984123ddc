import {
  type AIUsageMetric,
  hasUsage,
  type Instant,
  type Usage,
  type UsageUnit,
  utcDateOf,
} from "@ai-usage/core";
import type { Attodollars } from "./attodollars.ts";
import { type Bill, billFor, NO_BILL } from "./bill.ts";
import type { PriceBook } from "./price-book.ts";
import { STANDARD_TIER, type StaticFacts, tierName } from "./price-conditions.ts";
import type { PriceSheet } from "./price-sheet.ts";
import { warningsOf } from "./price-warnings.ts";

/** Names the rule, not a price row, by which a failed call that used nothing costs nothing. */
export const FAILED_CALL_PRICE_ID = "rule/failed-call";
/** And the one by which a call that was refused before any output is not billed, where the provider says so. */
export const FREE_REFUSAL_PRICE_ID = "rule/free-refusal";

/** How much of a month's volume came before a call. */
export type VolumeBefore = (volumeId: string) => number;

/** What a call comes to by the price book, before discounts and margins. */
export interface CallPrice {
  /** One for each model, the call's own first: its bill, or the lack of a price that stands in its place. */
  readonly parts: readonly CallPart[];
  readonly total: Attodollars;
  readonly priceId: string | undefined;
  /** Why there is no price. */
  readonly reason: string | undefined;
  readonly unpricedUnits: readonly UsageUnit[];
  readonly warnings: readonly string[];
}

interface CallPart {
  readonly model: string | undefined;
  readonly sheet: PriceSheet;
  readonly bill: Bill;
  readonly reason: string | undefined;
}

export function callPrice(book: PriceBook, metric: AIUsageMetric, volumeBefore: VolumeBefore): CallPrice {
  const facts = factsOf(metric);
  const model = metric.model ?? metric.requested?.model;
  const main = partOf(book, metric, { model, usage: metric.usage }, facts, volumeBefore);
  const rule = ruleFor(metric, main.sheet);
  const parts = [rule === undefined ? main : freePart(main)];
  for (const also of metric.alsoUsed ?? []) {
    const part = partOf(book, metric, also, facts, volumeBefore);
    parts.push(isIdle(metric, also.usage) ? freePart(part) : part);
  }
  let total = 0n;
  for (const { bill } of parts) total += bill.total;
  const reason = parts.find((part) => part.reason !== undefined)?.reason;
  return {
    parts,
    total,
    priceId: reason === undefined ? (rule ?? priceIdOf(main)) : undefined,
    reason,
    unpricedUnits: reason === undefined ? NONE : unpricedUnitsOf(parts),
    warnings: warningsOf(book, metric, parts),
  };
}

const NONE: readonly never[] = [];

/** The rule by which the call's own model costs nothing, whatever its price is. */
function ruleFor(metric: AIUsageMetric, { tokenRow }: PriceSheet): string | undefined {
  if (isIdle(metric, metric.usage)) return FAILED_CALL_PRICE_ID;
  const isFree = metric.refusal === "before_output" && tokenRow?.freeRefusals === true;
  return isFree ? FREE_REFUSAL_PRICE_ID : undefined;
}

/** A failed call did not get as far as a model of which no usage is reported. */
function isIdle({ error }: AIUsageMetric, usage: Usage): boolean {
  return error !== undefined && !hasUsage(usage);
}

function freePart({ model, sheet }: CallPart): CallPart {
  return { model, sheet, bill: NO_BILL, reason: undefined };
}

function priceIdOf({ sheet, bill }: CallPart): string | undefined {
  return sheet.tokenRow?.id ?? bill.lines[0]?.rate.row.id ?? firstRowId(sheet);
}

function firstRowId({ rates }: PriceSheet): string | undefined {
  for (const rate of rates.values()) return rate.row.id;
  return undefined;
}

function unpricedUnitsOf(parts: readonly CallPart[]): readonly UsageUnit[] {
  return [...new Set(parts.flatMap(({ bill }) => bill.unpricedUnits))];
}

function partOf(
  book: PriceBook,
  metric: AIUsageMetric,
  { model, usage }: { readonly model: string | undefined; readonly usage: Usage },
  facts: StaticFacts,
  volumeBefore: VolumeBefore,
): CallPart {
  const { service, operation, timestamp: at, callCount, billingAccount } = metric;
  const name = book.find(service, model ?? operation);
  const sheet = name.choiceAt(at, facts).sheetFor({ at, usage, callCount });
  const bill = billFor(sheet, { usage, callCount, at, billingAccount, volumeBefore });
  const isPriced =
    bill.unpricedUnits.length === 0 && (bill.lines.length > 0 || (sheet.rates.size > 0 && isReported(usage)));
  const reason = isPriced
    ? undefined
    : missingPrice(sheet, bill, { service, name: model ?? operation, at, facts, isKnown: name.isKnown });
  return { model, sheet, bill, reason };
}

/** What of a call stays the same for many calls of its model. */
export function factsOf({ served, requested }: AIUsageMetric): StaticFacts {
  if (served === undefined && requested === undefined) return STANDARD;
  const region = (served?.region ?? requested?.region)?.toLowerCase();
  return {
    tier: tierName(served?.tier ?? requested?.tier ?? STANDARD_TIER),
    ...(region !== undefined && { region }),
    ...(served?.size !== undefined && { size: served.size.toLowerCase() }),
    ...(served?.quality !== undefined && { quality: served.quality.toLowerCase() }),
    ...(served?.resolution !== undefined && { resolution: served.resolution.toLowerCase() }),
  };
}

const STANDARD: StaticFacts = { tier: STANDARD_TIER };

/** A count of zero is an answer; no count at all is not. */
function isReported(usage: Usage): boolean {
  for (const unit in usage) if (usage[unit as UsageUnit] !== undefined) return true;
  return false;
}

function missingPrice(
  sheet: PriceSheet,
  bill: Bill,
  asked: { service: string; name: string; at: Instant; facts: StaticFacts; isKnown: boolean },
): string {
  const { service, name, at, facts } = asked;
  const inTier = facts.tier === STANDARD_TIER ? "" : ` in the tier ${facts.tier}`;
  if (!asked.isKnown) return `no price is known for ${service} ${name}`;
  if (sheet.rates.size === 0) {
    return `no price is known for ${service} ${name}${inTier} on ${utcDateOf(at)}: its rows are for other dates or conditions`;
  }
  const priced = sheet.tokenRow?.id ?? firstRowId(sheet);
  if (bill.unpricedUnits.length === 0) return `no usage was reported, and ${priced} has no price per request`;
  return `${priced} has no price for ${bill.unpricedUnits.join(", ")}${inTier}`;
}
