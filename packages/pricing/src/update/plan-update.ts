import {
  type OwnPrice,
  type OwnPriceContent,
  type PriceFileConditions,
  startOfUtcDate,
  type UtcDate,
} from "@ai-usage/core";
import { isGlob, matchesGlob } from "../model-name.ts";
import { toOwnPrice } from "../own-price.ts";
import type { PriceBook } from "../price-book.ts";
import type { PricedModel, PriceFile } from "../price-file.ts";
import { momentText, toConditionsJson } from "../row-json.ts";
import { compareModel, type PaidDifference } from "./compare-model.ts";
import { rowsToSet } from "./model-rows.ts";

/** One price in which a list differs from what is paid. */
export interface UpdateDifference extends Pick<PaidDifference, "kind" | "unit" | "before" | "after"> {
  readonly provider: string;
  readonly model: string;
  /** Absent: no conditions. */
  readonly when?: PriceFileConditions;
  /** A day, or an instant. */
  readonly from?: string;
}

export interface PriceUpdate {
  readonly differences: readonly UpdateDifference[];
  /** What is to be set so that there are no more. */
  readonly prices: readonly OwnPriceContent[];
}

export interface UpdateOptions {
  /** Of the deployment. */
  readonly ownPrices: readonly OwnPrice[];
  readonly today: UtcDate;
}

/**
 * What it takes to pay what a list says: changes from today on, or from the day that the list gives for them; new models
 * and units from when the list does; and where an announced price is withdrawn, today's from that day on. Prices that
 * the list is silent about stay: other units, tiers, regions.
 *
 * @param book what is paid, own prices included
 * @throws InvalidPriceFileError when a model of the list has two prices for one thing
 */
export function planUpdate(book: PriceBook, file: PriceFile, options: UpdateOptions): PriceUpdate {
  const updates = file.models.map((model) => planModel(book, file, model, options));
  return {
    differences: updates.flatMap(({ differences }) => differences),
    prices: updates.flatMap(({ prices }) => prices),
  };
}

function planModel(
  book: PriceBook,
  file: PriceFile,
  model: PricedModel,
  { ownPrices, today }: UpdateOptions,
): PriceUpdate {
  const { provider } = file;
  const paid = book.find(provider, model.id);
  const compared = compareModel(paid, model, startOfUtcDate(today));
  const differences = compared.flatMap((one) => one.differences);
  if (differences.length === 0) return { differences: [], prices: [] };
  const own = ownPrices.filter(
    (price) => price.isActive && price.provider === provider && price.model === model.names[0],
  );
  const names = ownNames(book, file, model);
  const prices = rowsToSet(paid, compared, own).map((row) =>
    toOwnPrice({
      provider,
      model: model.id,
      names,
      services: file.services.filter(
        (service) => book.providerOf(service) === undefined && service !== provider,
      ),
      ...(model.contextWindow !== undefined && { contextWindow: model.contextWindow }),
      ...(model.maxOutputTokens !== undefined && { maxOutputTokens: model.maxOutputTokens }),
      isActive: true,
      row: { ...row },
    }),
  );
  return {
    differences: differences.map((one) => toDifference(provider, model.names[0] ?? model.id, one)),
    prices,
  };
}

function toDifference(provider: string, model: string, difference: PaidDifference): UpdateDifference {
  const { kind, unit, before, after, from, conditions } = difference;
  const when = toConditionsJson(conditions);
  return {
    kind,
    provider,
    model,
    unit,
    ...(Object.keys(when).length > 0 && { when }),
    ...(before !== undefined && { before }),
    after,
    ...(from && { from: momentText(from) }),
  };
}

/**
 * Names under which the model's new price is found too. Own prices are asked before all others, so none may be a name of
 * another model, nor a pattern that fits one.
 */
function ownNames(book: PriceBook, { provider, models }: PriceFile, model: PricedModel): string[] {
  const [id = "", ...names] = model.names;
  const same = book.find(provider, id).candidates[0]?.model;
  const others = [...book.models(provider), ...models].filter(
    (one) => one !== same && one !== model && one.id !== model.id,
  );
  const taken = others.flatMap((one) => one.names.filter((name) => !isGlob(name)));
  return names.filter((name) => {
    if (isGlob(name)) return !taken.some((other) => matchesGlob(name, other));
    const found = book.find(provider, name).candidates[0]?.model;
    return found === undefined || found === same || found.id === model.id;
  });
}
