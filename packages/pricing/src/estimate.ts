import {
  type AIUsageMetric,
  type Money,
  quantitiesOf,
  type UnpricedPolicy,
  type Usage,
  type UsageUnit,
} from "@ai-usage/core";
import { type Attodollars, moneyFromAttodollars } from "./attodollars.ts";
import { billFor } from "./bill.ts";
import { normalizeName } from "./model-name.ts";
import { type PriceBook, PricedName } from "./price-book.ts";
import { STANDARD_TIER } from "./price-conditions.ts";
import { quote } from "./quote.ts";

/** What a call without a price may cost at most, by what is known of models like it. */
export interface UnpricedEstimate {
  readonly cost: Money;
  /** Row of the dearest sibling: it is the estimate's source. */
  readonly rowId: string;
  /** Units that nobody knows the price of: the estimate is without them. */
  readonly leftOut: readonly UsageUnit[];
}

/**
 * What an unpriced call would cost at its time, in the standard tier, if each model of it that has no price cost what
 * the dearest of its siblings does: of the same provider those that share the longest beginning of the name
 * (`gpt-5.9` with `gpt-5.5` before `gpt-4o`) and price what was used. Where the provider prices nothing of the kind, or
 * is not known, all models are siblings.
 *
 * @returns nothing when no model prices what was used, or nothing was
 */
export function estimateUnpriced(book: PriceBook, metric: AIUsageMetric): UnpricedEstimate | undefined {
  const { model = metric.requested?.model, usage, alsoUsed = [] } = metric;
  let total = 0n;
  let dearest: { amount: Attodollars; rowId: string } | undefined;
  const leftOut = new Set<UsageUnit>();
  for (const part of [{ model, usage }, ...alsoUsed]) {
    const known = listPriceOf(book, metric, part);
    if (known !== undefined) {
      total += known;
      continue;
    }
    const { priceable, unknown } = splitUnits(part.usage);
    for (const unit of unknown) leftOut.add(unit);
    if (Object.keys(priceable).length === 0) continue;
    const sibling = dearestSibling(book, metric, { ...part, usage: priceable });
    if (sibling === undefined) return undefined;
    total += sibling.amount;
    if (dearest === undefined || sibling.amount > dearest.amount) dearest = sibling;
  }
  if (dearest === undefined) return undefined;
  return { cost: moneyFromAttodollars(total), rowId: dearest.rowId, leftOut: [...leftOut] };
}

export interface UnpricedDecision {
  readonly policy: UnpricedPolicy;
  readonly action: "allow" | "block";
  /** What the call is to be counted with; absent when its own price counts, or nothing does. */
  readonly estimate?: UnpricedEstimate;
}

/**
 * What becomes of a call where a budget is enforced. One that has a price is allowed. One that has none is allowed as if
 * it cost nothing, or at its estimate, or not at all, as the policy says; one that cannot even be estimated is not allowed
 * where an estimate is asked for: nobody could say what it does to the budget.
 */
export function decideUnpriced(
  policy: UnpricedPolicy,
  book: PriceBook,
  metric: AIUsageMetric,
): UnpricedDecision {
  if (quote(book, metric).pricingStatus !== "unpriced") return { policy, action: "allow" };
  switch (policy) {
    case "allow":
      return { policy, action: "allow" };
    case "block":
      return { policy, action: "block" };
    case "estimate": {
      const estimate = estimateUnpriced(book, metric);
      return estimate ? { policy, action: "allow", estimate } : { policy, action: "block" };
    }
    default:
      return policy satisfies never;
  }
}

interface Part {
  readonly model: string | undefined;
  readonly usage: Usage;
}

/** Of one model of a call alone, where it has a price. */
function listPriceOf(
  book: PriceBook,
  metric: AIUsageMetric,
  { model, usage }: Part,
): Attodollars | undefined {
  const alone = { ...metric, model, usage, alsoUsed: undefined, reportedCost: undefined };
  return quote(book, alone).listCost?.toSmallestUnits();
}

/** A unit of one's own, or one that nobody knows yet, says nothing about another model's price. */
function splitUnits(usage: Usage): { priceable: Usage; unknown: UsageUnit[] } {
  const used = quantitiesOf(usage).filter(([, quantity]) => quantity > 0);
  const isUnknown = (unit: UsageUnit) => unit.startsWith("x_");
  return {
    priceable: Object.fromEntries(used.filter(([unit]) => !isUnknown(unit))),
    unknown: used.flatMap(([unit]) => (isUnknown(unit) ? [unit] : [])),
  };
}

function dearestSibling(book: PriceBook, metric: AIUsageMetric, part: Part) {
  const provider = book.providerOf(metric.service);
  const near = provider === undefined ? undefined : dearestOf(siblingsOf(book, provider), metric, part);
  return near ?? dearestOf(siblingsOf(book, undefined), metric, part);
}

interface Sibling {
  readonly nameParts: readonly string[];
  readonly prices: PricedName;
}

const siblings = new WeakMap<PriceBook, Map<string | undefined, readonly Sibling[]>>();

/** Remembered for each book: a listing asks for the same provider's again and again. */
function siblingsOf(book: PriceBook, provider: string | undefined): readonly Sibling[] {
  const known = siblings.get(book) ?? new Map<string | undefined, readonly Sibling[]>();
  siblings.set(book, known);
  const found =
    known.get(provider) ??
    [...book.models(provider)].map((model) => ({
      nameParts: namePartsOf(model.id),
      prices: new PricedName([{ model, multipliers: [] }]),
    }));
  known.set(provider, found);
  return found;
}

/** The longest shared beginning of the name first, then the highest amount. */
function dearestOf(
  all: readonly Sibling[],
  metric: AIUsageMetric,
  part: Part,
): { amount: Attodollars; rowId: string } | undefined {
  const nameParts = namePartsOf(part.model ?? metric.operation);
  let best: { shared: number; amount: Attodollars; rowId: string } | undefined;
  for (const sibling of all) {
    const shared = sharedParts(sibling.nameParts, nameParts);
    if (best !== undefined && shared < best.shared) continue;
    const bill = amountAt(sibling.prices, metric, part);
    if (bill === undefined) continue;
    if (best === undefined || shared > best.shared || bill.amount > best.amount) best = { shared, ...bill };
  }
  return best;
}

const STANDARD = { tier: STANDARD_TIER };
const NOTHING_BEFORE = () => 0;

function amountAt(prices: PricedName, { timestamp: at, callCount }: AIUsageMetric, { usage }: Part) {
  const sheet = prices.choiceAt(at, STANDARD).sheetFor({ at, usage, callCount });
  if (sheet.rates.size === 0) return undefined;
  const bill = billFor(sheet, { usage, callCount, at, volumeBefore: NOTHING_BEFORE });
  const rowId = sheet.tokenRow?.id ?? bill.lines[0]?.rate.row.id;
  if (bill.unpricedUnits.length > 0 || rowId === undefined) return undefined;
  return { amount: bill.total, rowId };
}

/** `models/gpt-5.9-pro` is gpt, 5, 9, pro. */
function namePartsOf(name: string): readonly string[] {
  const normalized = normalizeName(name);
  return normalized.slice(normalized.lastIndexOf("/") + 1).split(/[-.:@_]/);
}

function sharedParts(one: readonly string[], other: readonly string[]): number {
  const differs = one.findIndex((part, index) => part !== other[index]);
  return differs < 0 ? one.length : differs;
}
