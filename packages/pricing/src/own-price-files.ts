import type { OwnPrice } from "@ai-usage/core";
import { InvalidPriceFileError } from "./errors.ts";
import { readModel } from "./own-price.ts";
import type { PricedModel, PriceFile } from "./price-file.ts";

export interface OwnPriceFiles {
  /** One for each provider. */
  readonly files: readonly PriceFile[];
  /** Prices that cannot be read, or that cannot stand beside others: they price nothing, and the others hold. */
  readonly left: readonly { readonly price: OwnPrice; readonly reason: string }[];
}

/** A deployment's own prices as a layer of the price book. Those that are not active are left out. */
export function toOwnPriceFiles(prices: readonly OwnPrice[]): OwnPriceFiles {
  const left: { price: OwnPrice; reason: string }[] = [];
  const active = prices.filter(({ isActive }) => isActive);
  const files = [...groupsBy(active, ({ provider }) => provider)].map(([provider, ofProvider]) => {
    const byModel = groupsBy(ofProvider, ({ model }) => model);
    const models = [...byModel.values()].flatMap((ofModel) => modelOf(ofModel, left));
    const services = [...new Set([provider, ...ofProvider.flatMap((price) => price.services)])];
    return { provider, services, fallsBackTo: [], multipliers: [], models };
  });
  return { files, left };
}

/** All prices of a model together; or as many as go together, those that were set first before later ones. */
function modelOf(
  prices: readonly OwnPrice[],
  left: { price: OwnPrice; reason: string }[],
): readonly PricedModel[] {
  const all = tryRead(prices);
  if ("models" in all) return all.models;
  const kept: OwnPrice[] = [];
  for (const price of [...prices].sort((a, b) => (a.changedAt < b.changedAt ? -1 : 1))) {
    const read = tryRead([...kept, price]);
    if ("models" in read) kept.push(price);
    else left.push({ price, reason: read.reason });
  }
  const rest = kept.length > 0 ? tryRead(kept) : { models: [] };
  return "models" in rest ? rest.models : [];
}

function tryRead(prices: readonly OwnPrice[]): { models: readonly PricedModel[] } | { reason: string } {
  const [first] = prices;
  if (first === undefined) return { models: [] };
  const names = [...new Set(prices.flatMap((price) => price.names))];
  const rows = prices.map(({ row }) => ({ ...row }));
  try {
    const file = readModel(first.provider, first.model, names, rows);
    const limits = { ...latest(prices, "contextWindow"), ...latest(prices, "maxOutputTokens") };
    return { models: (file?.models ?? []).map((model) => ({ ...model, ...limits })) };
  } catch (error) {
    if (!(error instanceof InvalidPriceFileError)) throw error;
    return { reason: error.message };
  }
}

/** What the price that was set last says of the model. */
function latest(
  prices: readonly OwnPrice[],
  field: "contextWindow" | "maxOutputTokens",
): Partial<PricedModel> {
  const [last] = prices
    .filter((price) => price[field] !== undefined)
    .sort((a, b) => (a.changedAt < b.changedAt ? 1 : -1));
  return last === undefined ? {} : { [field]: last[field] };
}

function groupsBy(
  prices: readonly OwnPrice[],
  nameOf: (price: OwnPrice) => string,
): Map<string, readonly OwnPrice[]> {
  const groups = new Map<string, OwnPrice[]>();
  for (const price of prices) groups.set(nameOf(price), [...(groups.get(nameOf(price)) ?? []), price]);
  return groups;
}
