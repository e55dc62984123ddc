import type { Instant } from "@ai-usage/core";
import type { PriceBook } from "./price-book.ts";
import type { PricedModel } from "./price-file.ts";
import { isEffective, type PriceRow } from "./price-row.ts";

/** A row with the model that it is of; a factor on a provider's prices is of none. */
export interface ListedRow {
  readonly row: PriceRow;
  readonly model?: PricedModel;
}

export interface PriceSelection {
  /** A provider, or what metrics call it in `service`. */
  readonly service?: string;
  /** As a call names it. Without a service, it is looked for at every provider. */
  readonly model?: string;
  /** Absent: rows of all times. */
  readonly at?: Instant;
}

/** The rows of the book that can price such calls, those that win first. */
export function* listedRows(book: PriceBook, selection: PriceSelection): Generator<ListedRow> {
  const { service, model, at } = selection;
  const rows = model === undefined ? rowsOfProviders(book, service) : rowsOfModel(book, service, model);
  for (const listed of rows) if (at === undefined || isEffective(listed.row, at)) yield listed;
}

function* rowsOfProviders(book: PriceBook, service: string | undefined): Generator<ListedRow> {
  const provider = service === undefined ? undefined : book.providerOf(service);
  if (service !== undefined && provider === undefined) return;
  for (const model of book.models(provider)) for (const row of model.rows) yield { row, model };
  for (const row of book.multipliers(provider)) yield { row };
}

function* rowsOfModel(book: PriceBook, service: string | undefined, name: string): Generator<ListedRow> {
  // A provider that falls back to another's prices has them once more.
  const listed = new Set<PriceRow>();
  for (const asked of service === undefined ? book.providers() : [service]) {
    for (const { model, multipliers } of book.find(asked, name).candidates) {
      for (const row of [...model.rows, ...multipliers]) {
        if (listed.has(row)) continue;
        listed.add(row);
        yield multipliers.includes(row) ? { row } : { row, model };
      }
    }
  }
}
