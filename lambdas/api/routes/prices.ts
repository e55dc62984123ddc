import type { Caller, OwnPrice } from "@ai-usage/core";
import { conflictsOf, listedRows, toOwnPrice } from "@ai-usage/pricing";
import {
  deleteOwnPrice,
  findToken,
  listOwnPrices,
  listPriceHistory,
  OWN_PRICE_BYTES_MAX,
  putOwnPrice,
  type Table,
  toOwnPriceRecord,
} from "@ai-usage/store";
import {
  fieldProblem,
  ownPriceFromWire,
  ownPriceSchema,
  ProblemError,
  pageFields,
  parseOrProblem,
  pricesQuerySchema,
  type ShownPrice,
  toWirePrice,
  toWirePriceChange,
} from "@ai-usage/wire";
import { Hono } from "hono";
import * as z from "zod";
import {
  type ApiEnvironment,
  type ApiParts,
  callerWith,
  editBy,
  idOf,
  jsonBodyOf,
  queryOf,
  unlimitedCallerWith,
} from "../context.ts";
import { fieldPath, priceProblem, readOrProblem } from "../price-problems.ts";
import { pageOfRows } from "../row-pages.ts";
import { chosenOwnPrices, shownOwnPrice, shownOwnPrices, shownRow } from "../shown-prices.ts";
import { callsToFillIn } from "../unpriced-calls.ts";

const historySchema = z.strictObject(pageFields);

/** Prices: what they are, and setting one's own. */
export function priceRoutes({ table, clock, prices }: ApiParts): Hono<ApiEnvironment> {
  const app = new Hono<ApiEnvironment>();

  app.get("/", async (context) => {
    callerWith(context, "read");
    const query = parseOrProblem(pricesQuerySchema, queryOf(context));
    const now = clock();
    const at = query.at === "all" ? undefined : (query.at ?? now);
    const { book } = await prices.current(now);
    const service = query.provider ?? query.service;
    const provider = service === undefined ? undefined : (book.providerOf(service) ?? service);
    const rows: Iterable<ShownPrice> = query.own
      ? chosenOwnPrices(await listOwnPrices(table), { provider, model: query.model, at })
      : shown(listedRows(book, { service, model: query.model, at }));
    const page = pageOfRows(rows, query);
    return context.json({ prices: page.items.map(toWirePrice), next_cursor: page.nextCursor ?? null });
  });

  app.put("/", async (context) => {
    const caller = unlimitedCallerWith(context, "admin");
    const wire = parseOrProblem(ownPriceSchema, await jsonBodyOf(context));
    const stated = ownPriceFromWire(wire, wire.source ?? (await sourceOf(table, caller)));
    const price = readOrProblem(() => toOwnPrice(stated), fieldOfBody(wire));
    if (Buffer.byteLength(JSON.stringify(toOwnPriceRecord(price))) > OWN_PRICE_BYTES_MAX) {
      throw fieldProblem("(body)", `must come to at most ${OWN_PRICE_BYTES_MAX} bytes, as one price`);
    }
    const others = (await listOwnPrices(table, price.provider)).filter(
      (one) => one.priceId !== price.priceId,
    );
    const conflicts = conflictsOf(
      price,
      others.filter(({ isActive }) => isActive),
    );
    if (conflicts.length > 0) throw priceProblem(conflicts);
    const edit = editBy(caller, clock());
    const former = await putOwnPrice(table, price, edit);
    prices.forget();
    const set: OwnPrice = { ...price, changedAt: edit.at, changedBy: edit.by };
    const [answer = shownOwnPrice(price)] = shownOwnPrices([set, ...others]);
    const fillsIn = price.isActive ? await callsToFillIn({ table, prices, now: clock() }, price.priceId) : 0;
    return context.json({ ...toWirePrice(answer), fills_in: fillsIn }, former === undefined ? 201 : 200);
  });

  app.get("/history", async (context) => {
    unlimitedCallerWith(context, "read");
    const page = await listPriceHistory(table, parseOrProblem(historySchema, queryOf(context)));
    return context.json({ entries: page.items.map(toWirePriceChange), next_cursor: page.nextCursor ?? null });
  });

  app.delete("/:id", async (context) => {
    const caller = unlimitedCallerWith(context, "admin");
    const former = await deleteOwnPrice(table, idOf(context), editBy(caller, clock()));
    if (former === undefined) throw new ProblemError(404, "there is no such price");
    prices.forget();
    return context.json(toWirePrice(shownOwnPrice(former)));
  });

  return app;
}

function* shown(rows: ReturnType<typeof listedRows>): Generator<ShownPrice> {
  for (const row of rows) yield shownRow(row);
}

async function sourceOf(table: Table, { tokenId }: Caller): Promise<string> {
  const token = await findToken(table, tokenId);
  return `set by ${token?.name ?? tokenId}`;
}

/** The reader knows of prices for a million tokens only; the sender may have written them in fields of their own. */
function fieldOfBody(wire: z.output<typeof ownPriceSchema>): (where: string) => string {
  return (where) => {
    const field = fieldPath(where);
    const [, unit] = /^per_million\.(input|output)$/.exec(field) ?? [];
    if (unit === undefined || wire.per_million?.[unit] !== undefined) return field;
    return `${unit}_cost_per_million`;
  };
}
