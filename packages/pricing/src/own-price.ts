import { createHash } from "node:crypto";
import type { OwnPriceContent } from "@ai-usage/core";
import { InvalidPriceFileError, type PriceFileProblem } from "./errors.ts";
import { normalizeName } from "./model-name.ts";
import { parseOwnPrices } from "./own-prices.ts";
import type { PriceFile } from "./price-file.ts";
import type { PriceRow } from "./price-row.ts";
import { toConditionsJson, toRowJson } from "./row-json.ts";

/** What somebody says that a model costs; `row` as in a price file, not yet read. */
export interface OwnPriceStatement extends Omit<OwnPriceContent, "priceId" | "row"> {
  readonly row: Readonly<Record<string, unknown>>;
}

/**
 * Reads a price, and puts it into the one form that it is kept in.
 * @throws InvalidPriceFileError whose problems are told by the fields of the row: `per_million, input`
 */
export function toOwnPrice(statement: OwnPriceStatement): OwnPriceContent {
  const named = {
    ...statement,
    provider: normalizeName(statement.provider),
    model: normalizeName(statement.model),
    names: normalizedNames(statement.names),
    services: normalizedNames(statement.services),
  };
  const row = readRow(named.provider, named.model, named.row);
  return { ...named, priceId: ownPriceId(row), row: toRowJson(row) };
}

/** An own price as the price book has it, by itself: its end is its own, and not where the next one begins. */
export function ownPriceRow({ provider, model, row }: OwnPriceContent): PriceRow {
  return readRow(provider, model, { ...row });
}

function readRow(provider: string, model: string, row: Readonly<Record<string, unknown>>): PriceRow {
  const [read] = readModel(provider, model, [], [row])?.models[0]?.rows ?? [];
  if (read === undefined) throw new InvalidPriceFileError([{ where: "(body)", message: "is no price" }]);
  return read;
}

function normalizedNames(names: readonly string[]): string[] {
  return [...new Set(names.map(normalizeName))];
}

const ID_DIGITS = 16;

/** Of the same provider, model, conditions and beginning there is one price. */
export function ownPriceId({
  provider,
  model,
  conditions,
  effectiveFrom,
}: Pick<PriceRow, "provider" | "model" | "conditions" | "effectiveFrom">): string {
  const identity = JSON.stringify([provider, model, toConditionsJson(conditions), effectiveFrom ?? null]);
  return `prc_${createHash("sha256").update(identity).digest("hex").slice(0, ID_DIGITS)}`;
}

/**
 * What is wrong with a price beside the others of its provider.
 * @param others those that are active, without the one that it replaces
 */
export function conflictsOf(price: OwnPriceContent, others: readonly OwnPriceContent[]): PriceFileProblem[] {
  if (!price.isActive) return [];
  const ofModel = others.filter(({ model }) => model === price.model);
  return [
    ...overlaps(price, ofModel),
    ...takenNames(
      price,
      others.filter(({ model }) => model !== price.model),
    ),
  ];
}

function overlaps(price: OwnPriceContent, ofModel: readonly OwnPriceContent[]): PriceFileProblem[] {
  try {
    readModel(
      price.provider,
      price.model,
      [],
      [...ofModel, price].map(({ row }) => ({ ...row })),
    );
    return [];
  } catch (error) {
    if (!(error instanceof InvalidPriceFileError)) throw error;
    return error.problems.map(({ message }) => ({
      where: "effective_from",
      message: `meets another price of yours: ${message}; end the one where the other begins`,
    }));
  }
}

function takenNames(price: OwnPriceContent, others: readonly OwnPriceContent[]): PriceFileProblem[] {
  const mine = [price.model, ...price.names];
  return others.flatMap(({ model, names }) =>
    [...new Set([model, ...names])]
      .filter((name) => mine.includes(name))
      .map((name) => ({
        where: price.model === name ? "model_name" : "names",
        message: `"${name}" is a name of ${model} already`,
      })),
  );
}

/**
 * One model of a provider's own prices.
 * @throws InvalidPriceFileError; where there is one row, its problems are told from it on
 */
export function readModel(
  provider: string,
  model: string,
  names: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
): PriceFile | undefined {
  try {
    const [file] = parseOwnPrices({ providers: [{ provider, models: [{ id: model, names, rows }] }] });
    return file;
  } catch (error) {
    if (!(error instanceof InvalidPriceFileError)) throw error;
    const place = `providers[0], models[0] ${model}, rows[0]`;
    throw new InvalidPriceFileError(
      error.problems.map(({ where, message }) => ({
        where: where.startsWith(`${place}, `)
          ? where.slice(place.length + 2)
          : where === place
            ? "(body)"
            : where,
        message,
      })),
    );
  }
}
