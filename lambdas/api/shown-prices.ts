import type { Instant, OwnPrice, OwnPriceContent } from "@ai-usage/core";
import {
  InvalidPriceFileError,
  isEffective,
  isNamed,
  type ListedRow,
  normalizeName,
  ownPriceId,
  ownPriceRow,
  type PriceRow,
  toOwnPriceFiles,
  toRowJson,
} from "@ai-usage/pricing";
import type { ShownPrice } from "@ai-usage/wire";

/** A row of the price book as answers show it. */
export function shownRow({ row, model }: ListedRow): ShownPrice {
  return {
    rowId: row.id,
    ...(row.origin === "own" && { priceId: ownPriceId(row) }),
    provider: row.provider,
    model: row.model,
    names: model?.names.slice(1) ?? [],
    row: toRowJson(row),
    ...(model?.contextWindow !== undefined && { contextWindow: model.contextWindow }),
    ...(model?.maxOutputTokens !== undefined && { maxOutputTokens: model.maxOutputTokens }),
    isActive: true,
  };
}

/** Own prices as answers show them, each with the end that it has beside the others. */
export function shownOwnPrices(prices: readonly OwnPrice[]): ShownPrice[] {
  return withRows(prices).map(({ price, row }) => shownOwnPrice(price, row));
}

function withRows(prices: readonly OwnPrice[]): { price: OwnPrice; row: PriceRow | undefined }[] {
  const models = toOwnPriceFiles(prices).files.flatMap((file) => file.models);
  const rows = new Map(models.flatMap((model) => model.rows).map((row) => [ownPriceId(row), row]));
  return prices.map((price) => ({ price, row: rows.get(price.priceId) ?? readRow(price) }));
}

/** A price of former days may be one that cannot be read any more: it is shown all the same, so that it can be set right. */
function readRow(price: OwnPriceContent): PriceRow | undefined {
  try {
    return ownPriceRow(price);
  } catch (error) {
    if (error instanceof InvalidPriceFileError) return undefined;
    throw error;
  }
}

export function shownOwnPrice(price: OwnPriceContent, row = readRow(price)): ShownPrice {
  return {
    rowId: row?.id ?? `own/${price.provider}/${price.model}`,
    priceId: price.priceId,
    provider: price.provider,
    model: price.model,
    names: price.names,
    row: row === undefined ? price.row : toRowJson(row),
    ...(price.contextWindow !== undefined && { contextWindow: price.contextWindow }),
    ...(price.maxOutputTokens !== undefined && { maxOutputTokens: price.maxOutputTokens }),
    isActive: price.isActive,
  };
}

export interface OwnPriceFilter {
  readonly provider?: string;
  readonly model?: string;
  readonly at?: Instant;
}

/** Of the deployment's own prices those that are asked for; those that are not active too. */
export function chosenOwnPrices(
  prices: readonly OwnPrice[],
  { provider, model, at }: OwnPriceFilter,
): ShownPrice[] {
  return withRows(prices)
    .filter(
      ({ price, row }) =>
        (provider === undefined || price.provider === normalizeName(provider)) &&
        (model === undefined || isNamed([price.model, ...price.names], model)) &&
        (at === undefined || row === undefined || isEffective(row, at)),
    )
    .map(({ price, row }) => shownOwnPrice(price, row));
}
