import {
  type Instant,
  isUsageUnit,
  knownUnits,
  MONEY_SCALE,
  parseInstant,
  parseUtcDate,
  startOfUtcDate,
  type UsageUnit,
} from "@ai-usage/core";
import { type Attodollars, type Factor, ONE, parseFactor, parseUnitPrice } from "./attodollars.ts";
import type { JsonNode } from "./json-node.ts";
import { normalizeName } from "./model-name.ts";
import { conditionsText, type RowConditions, readConditions, STANDARD_TIER } from "./price-conditions.ts";
import type { PriceOrigin, PriceRow, Rates } from "./price-row.ts";
import { readVolume } from "./volume.ts";

/** Whose row it is: its provider and model, and whether a deployment wrote it itself. */
export interface RowOwner {
  readonly provider: string;
  readonly model: string;
  readonly origin: PriceOrigin;
}

/** How many units a price of each field is for. */
const unitsPerPrice = { per_million: 1_000_000, per_thousand: 1_000, per_unit: 1 } as const;

const provenance = ["source", "checked_on", "verified"] as const;
const priceFields = ["per_million", "per_thousand", "per_unit", "volume"] as const;
const otherFields = [
  "effective_from",
  "effective_to",
  "when",
  "multiply",
  "multiplies",
  "minimum",
  "free_refusals",
  "note",
] as const;

type RowField = (typeof provenance)[number] | (typeof priceFields)[number] | (typeof otherFields)[number];
type RowFields = Partial<Record<RowField | "variants", JsonNode>>;

/** A row of a file, and after it each of its variants: they have the same dates and provenance, unless they say otherwise. */
export function readRows(node: JsonNode, owner: RowOwner): PriceRow[] {
  const required = owner.origin === "own" ? (["source"] as const) : provenance;
  const fields: RowFields = node.members(required, [
    ...provenance.filter((name) => !(required as readonly string[]).includes(name)),
    ...priceFields,
    ...otherFields,
    "variants",
  ]);
  if (fields.when && fields.variants) fields.variants.report("cannot stand beside when");
  const rows = [readRow(node, fields, owner)];
  for (const variant of fields.variants?.items("variants") ?? []) {
    const own: RowFields = variant.members(["when"], [...provenance, ...priceFields, ...otherFields]);
    rows.push(readRow(variant, { ...inherited(fields), ...own }, owner));
  }
  return rows;
}

const inherited = ({
  source,
  checked_on,
  verified,
  effective_from,
  effective_to,
  note,
  free_refusals,
  minimum,
}: RowFields) => ({
  source,
  checked_on,
  verified,
  effective_from,
  effective_to,
  note,
  free_refusals,
  minimum,
});

/** A factor on all of a provider's prices, or on those of some of its models. */
export function readMultiplier(
  node: JsonNode,
  owner: RowOwner,
): { row: PriceRow; models: string[] | undefined } {
  const fields = node.members(owner.origin === "own" ? ["multiply", "source"] : ["multiply", ...provenance], [
    ...(owner.origin === "own" ? (["checked_on", "verified"] as const) : []),
    "models",
    "when",
    "multiplies",
    "effective_from",
    "effective_to",
    "note",
  ]);
  return { row: readRow(node, fields, owner), models: fields.models?.someTexts().map(normalizeName) };
}

function readRow(node: JsonNode, fields: RowFields, { provider, model, origin }: RowOwner): PriceRow {
  const effectiveFrom = readMoment(fields.effective_from);
  const effectiveTo = readMoment(fields.effective_to);
  if (effectiveFrom !== undefined && effectiveTo !== undefined && effectiveTo <= effectiveFrom) {
    fields.effective_to?.report("must be later than effective_from");
  }
  const conditions = readConditions(fields.when);
  const from = typeof fields.effective_from?.value === "string" ? fields.effective_from.value : "initial";
  const checkedOn = readDate(fields.checked_on);
  return {
    id: [
      origin === "published" ? undefined : origin,
      provider,
      model,
      from,
      conditionsText(fields.when?.value) || undefined,
    ]
      .filter((part) => part !== undefined)
      .join("/"),
    origin,
    provider,
    model,
    ...(effectiveFrom !== undefined && { effectiveFrom }),
    ...(effectiveTo !== undefined && { effectiveTo }),
    ...readAmounts(node, fields, conditions),
    minimum: readMinimum(fields.minimum),
    freeRefusals: fields.free_refusals?.flag() ?? false,
    source: fields.source?.text() ?? "",
    ...(checkedOn !== undefined && { checkedOn }),
    verified: fields.verified?.flag() ?? false,
    ...(fields.note && { note: fields.note.text() ?? "" }),
  };
}

/** Prices, or a factor on the prices of others; never both. */
function readAmounts(node: JsonNode, fields: RowFields, conditions: RowConditions) {
  const rates = readPrices(fields);
  const volume = fields.volume && readVolume(fields.volume, readUnit);
  if (volume && rates[volume.unit] !== undefined)
    fields.volume?.report(`prices ${volume.unit}, which has another price in the row`);
  const hasPrices = priceFields.some((name) => fields[name]?.isEmpty() === false);
  if (hasPrices === (fields.multiply !== undefined)) {
    node.report("must have prices (per_million, per_thousand, per_unit, volume) or multiply, one of the two");
  }
  if (fields.multiply) reportTierFactor(fields.when, conditions);
  else fields.multiplies?.report("says what multiply is a factor on, and there is none");
  return {
    conditions,
    rates,
    ...(volume && { volume }),
    ...(fields.multiply && { multiply: readFactor(fields.multiply) }),
    multiplies: readMultiplied(fields.multiplies),
  };
}

/**
 * A factor for a tier makes its prices of the standard ones, where the tier has none of its own, and there can be one. A
 * factor that holds beside others can not be for some tiers only.
 */
function reportTierFactor(when: JsonNode | undefined, { tiers, regions, times }: RowConditions): void {
  if (tiers === undefined || tiers === "any") return;
  if (tiers.includes(STANDARD_TIER)) when?.report("cannot have a factor for the standard tier");
  if (regions !== undefined || times !== undefined)
    when?.report("cannot have a factor for a tier that depends on region or time: state the prices");
}

function readPrices(fields: RowFields): Rates {
  const rates: Partial<Record<UsageUnit, Attodollars>> = {};
  for (const field of ["per_million", "per_thousand", "per_unit"] as const) {
    for (const [name, price] of fields[field]?.entries() ?? []) {
      if (!isUsageUnit(name)) {
        price.report(`is no unit of usage; those are ${knownUnits.join(", ")}, and x_… of your own`);
        continue;
      }
      if (rates[name] !== undefined) price.report("has another price in the row");
      rates[name] = readPrice(price, unitsPerPrice[field]);
    }
  }
  return rates;
}

function readPrice(node: JsonNode, per: number): Attodollars {
  const price = typeof node.value === "string" ? parseUnitPrice(node.value, per) : undefined;
  if (price === undefined) {
    const digits = MONEY_SCALE - Math.log10(per);
    node.report(`must be US dollars as text, like "0.075", with at most ${digits} digits after the point`);
  }
  return price ?? 0n;
}

function readMinimum(node: JsonNode | undefined): PriceRow["minimum"] {
  const minimum: Partial<Record<UsageUnit, number>> = {};
  for (const [name, quantity] of node?.entries() ?? []) {
    if (isUsageUnit(name)) minimum[name] = quantity.wholeNumber() ?? 0;
    else quantity.report("is no unit of usage");
  }
  return minimum;
}

function readUnit(node: JsonNode): UsageUnit {
  const text = node.text() ?? "";
  if (isUsageUnit(text)) return text;
  node.report("is no unit of usage");
  return "request";
}

function readMultiplied(node: JsonNode | undefined): PriceRow["multiplies"] {
  if (node === undefined) return ["tokens"];
  return node.someTexts().flatMap((name) => {
    if (name === "tokens" || isUsageUnit(name)) return [name];
    node.report(`"${name}" is neither "tokens" nor a unit of usage`);
    return [];
  });
}

function readFactor(node: JsonNode): Factor {
  const factor = typeof node.value === "string" ? parseFactor(node.value) : undefined;
  if (factor === undefined) node.report('must be a factor as text, like "1.1" or "0.5"');
  return factor ?? ONE;
}

function readMoment(node: JsonNode | undefined): Instant | undefined {
  const text = node?.text();
  if (node === undefined || text === undefined) return undefined;
  try {
    return text.includes("T") ? parseInstant(text) : startOfUtcDate(parseUtcDate(text));
  } catch {
    return node.report("must be a day, like 2026-03-01 (from midnight UTC), or an instant with an offset");
  }
}

function readDate(node: JsonNode | undefined): string | undefined {
  const text = node?.text();
  if (node === undefined || text === undefined) return undefined;
  try {
    return parseUtcDate(text);
  } catch {
    return node.report("must be a day, like 2026-03-01");
  }
}
