import {
  type Instant,
  parseInstant,
  parseUtcDate,
  startOfUtcDate,
  type UsageKind,
  usageKindNames,
} from "@ai-usage/core";
import { type Attodollars, parseUnitPrice } from "./attodollars.ts";
import type { JsonNode } from "./json-node.ts";
import type { PriceRow, PriceTier, Rates } from "./price-row.ts";

const MILLION = 1_000_000;

/** @param ownPrices rows of a deployment's override file: their provenance may be short, and their ids say that they are overrides */
export function readRow(
  node: JsonNode,
  provider: string,
  model: string,
  ownPrices: boolean,
): PriceRow | undefined {
  const provenance = ["source", "checked_on", "verified"] as const;
  const fields = node.members(ownPrices ? ["source"] : provenance, [
    ...(ownPrices ? (["checked_on", "verified"] as const) : []),
    "effective_from",
    "effective_to",
    "per_million",
    "per_unit",
    "tiers",
    "note",
  ]);
  const source = fields.source?.text();
  fields.note?.text();
  const effectiveFrom = readMoment(fields.effective_from);
  const effectiveTo = readMoment(fields.effective_to);
  if (effectiveFrom !== undefined && effectiveTo !== undefined && effectiveTo <= effectiveFrom) {
    fields.effective_to?.report("must be later than effective_from");
  }
  const perMillion = readPrices(fields.per_million, MILLION);
  const perUnit = readPrices(fields.per_unit, 1);
  if (fields.per_million === undefined && fields.per_unit === undefined) {
    node.report("must have per_million or per_unit, or both");
  }
  if (source === undefined) return undefined;

  const from = typeof fields.effective_from?.value === "string" ? fields.effective_from.value : "initial";
  const checkedOn = readDate(fields.checked_on);
  return {
    id: `${ownPrices ? "override/" : ""}${provider}/${model}/${from}`,
    provider,
    model,
    ...(effectiveFrom !== undefined && { effectiveFrom }),
    ...(effectiveTo !== undefined && { effectiveTo }),
    rates: billable({ ...perMillion, ...perUnit }),
    tiers: readTiers(fields.tiers, perMillion, perUnit),
    source,
    ...(checkedOn !== undefined && { checkedOn }),
    verified: readFlag(fields.verified),
  };
}

/** A reasoning token is billed as an output token unless the row says otherwise: so do all providers in the book. */
function billable(rates: Rates): Rates {
  return rates.output === undefined ? rates : { reasoning: rates.output, ...rates };
}

function readTiers(node: JsonNode | undefined, perMillion: Rates, perUnit: Rates): PriceTier[] {
  const tiers = (node?.items("tiers") ?? []).map((item) => {
    const fields = item.members(["per_million"], ["prompt_over", "prompt_from"]);
    const rates = readPrices(fields.per_million, MILLION);
    if (Object.keys(rates).sort().join() !== Object.keys(perMillion).sort().join()) {
      fields.per_million?.report("must price the same kinds as the row: a tier moves the whole call");
    }
    return { promptTokensMin: readTierStart(item, fields), rates: billable({ ...rates, ...perUnit }) };
  });
  if (
    tiers.some((tier, index) => index > 0 && tier.promptTokensMin <= (tiers[index - 1]?.promptTokensMin ?? 0))
  ) {
    node?.report("must be in order of prompt length");
  }
  return tiers;
}

/** Token counts are whole, so "more than 200,000" starts at 200,001. */
function readTierStart(node: JsonNode, fields: { prompt_over?: JsonNode; prompt_from?: JsonNode }): number {
  const over = fields.prompt_over?.value;
  const from = fields.prompt_from?.value;
  if ((over === undefined) === (from === undefined)) {
    node.report("must have either prompt_over (more than) or prompt_from (at least)");
  }
  const start = over === undefined ? from : typeof over === "number" ? over + 1 : over;
  if (typeof start === "number" && Number.isSafeInteger(start) && start > 0) return start;
  (fields.prompt_over ?? fields.prompt_from)?.report("must be a whole number of tokens");
  return 0;
}

function readPrices(node: JsonNode | undefined, per: number): Rates {
  const rates: Partial<Record<UsageKind, Attodollars>> = {};
  if (node === undefined) return rates;
  const fields = node.members([], usageKindNames);
  for (const kind of usageKindNames) {
    const price = fields[kind];
    if (price === undefined) continue;
    const unitPrice = typeof price.value === "string" ? parseUnitPrice(price.value, per) : undefined;
    if (unitPrice === undefined) {
      const digits = per === MILLION ? 12 : 18;
      price.report(`must be US dollars as text, like "0.075", with at most ${digits} digits after the point`);
    }
    rates[kind] = unitPrice ?? 0n;
  }
  return rates;
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

function readFlag(node: JsonNode | undefined): boolean {
  if (node === undefined) return false;
  if (typeof node.value !== "boolean") node.report("must be true or false");
  return node.value === true;
}
