import type { Instant, PriceFileRow } from "@ai-usage/core";
import {
  adjustmentFromWire,
  adjustmentSchema,
  fieldProblem,
  ownPriceFromWire,
  ownPriceSchema,
  ProblemError,
  parseOrProblem,
  parseUnpricedQuery,
  priceImportSchema,
  pricesQuerySchema,
  quotedMetric,
  quoteSchema,
  type ShownDifference,
  toWireAdjustment,
  toWirePrice,
  toWirePriceChange,
  toWirePriceImport,
  toWireQuote,
  toWireUnpriced,
} from "@ai-usage/wire";
import type { MemoryLedger } from "./memory-ledger.ts";
import type { MemoryPrices } from "./memory-prices.ts";
import { pageOf, type Route, type RouteAnswer, type RouteRequest } from "./route.ts";

/** By method and path, as the other routes are. */
export const priceRoutes: Readonly<Record<string, Route>> = {
  "GET /prices": listPrices,
  "PUT /prices": putPrice,
  "DELETE /prices/:id": deletePrice,
  "GET /prices/history": ({ prices }, { query }) =>
    pageOf("entries", prices.history.map(toWirePriceChange), query),
  "POST /prices/quote": quoteCall,
  "GET /prices/adjustments": ({ prices }) => ({
    adjustments: [...prices.adjustments.values()].map(toWireAdjustment),
  }),
  "PUT /prices/adjustments": (ledger, request) => {
    const id = `adj_${ledger.prices.adjustments.size + 1}`;
    return { status: 201, body: setAdjustment(ledger, request, id) };
  },
  "PUT /prices/adjustments/:id": (ledger, request, id) => {
    adjustmentOf(ledger.prices, id);
    return setAdjustment(ledger, request, id);
  },
  "DELETE /prices/adjustments/:id": ({ prices }, { now }, id) => {
    const adjustment = adjustmentOf(prices, id);
    prices.adjustments.delete(id);
    prices.note("unadjust", id, adjustment, undefined, now);
    return toWireAdjustment(adjustment);
  },
  "GET /prices/unpriced": listUnpriced,
  "POST /prices/import": importPrices,
};

function listPrices({ prices }: MemoryLedger, { query }: RouteRequest) {
  const { provider, service, model } = parseOrProblem(pricesQuerySchema, query);
  const asked = provider ?? service;
  const chosen = [...prices.own.values()].filter(
    (price) =>
      (asked === undefined || price.provider === asked) && (model === undefined || price.model === model),
  );
  return pageOf("prices", chosen.map(toWirePrice), query);
}

function putPrice({ prices }: MemoryLedger, { body, now }: RouteRequest): RouteAnswer {
  const wire = parseOrProblem(ownPriceSchema, body);
  const { price, isNew } = prices.put(ownPriceFromWire(wire, wire.source ?? "set by a test"), now);
  return { status: isNew ? 201 : 200, body: { ...toWirePrice(price), fills_in: 0 } };
}

function deletePrice({ prices }: MemoryLedger, { now }: RouteRequest, id: string) {
  const price = prices.delete(id, now);
  if (!price) throw new ProblemError(404, "there is no such price");
  return toWirePrice(price);
}

function quoteCall({ prices }: MemoryLedger, { body, now }: RouteRequest) {
  const quoted = prices.quote(quotedMetric(parseOrProblem(quoteSchema, body), now));
  return toWireQuote(quoted, { policy: "allow", action: "allow" });
}

function setAdjustment({ prices }: MemoryLedger, { body, now }: RouteRequest, id: string) {
  const adjustment = adjustmentFromWire(parseOrProblem(adjustmentSchema, body), id);
  prices.note("adjust", id, prices.adjustments.get(id), adjustment, now);
  prices.adjustments.set(id, adjustment);
  return toWireAdjustment(adjustment);
}

function adjustmentOf({ adjustments }: MemoryPrices, id: string) {
  const adjustment = adjustments.get(id);
  if (!adjustment) throw new ProblemError(404, "there is no such discount or margin");
  return adjustment;
}

function listUnpriced(ledger: MemoryLedger, { query, now }: RouteRequest) {
  const { first, last } = parseUnpricedQuery({ ...query }, now);
  return toWireUnpriced(ledger.unpriced(first, last));
}

/** Of a price file alone; what it states holds from when it says, and today's date changes nothing. */
function importPrices({ prices }: MemoryLedger, { body, now }: RouteRequest) {
  const { format, data, dry_run } = parseOrProblem(priceImportSchema, body);
  if (format !== "price-file") throw fieldProblem("format", "must be price-file here");
  const { provider, models } = data as { provider: string; models: { id: string; rows: PriceFileRow[] }[] };
  const differences = models.flatMap(({ id, rows }) =>
    rows.flatMap((row) => takeRow(prices, { provider, model: id, row, isDry: dry_run, now })),
  );
  return toWirePriceImport(differences, [], !dry_run);
}

function takeRow(
  prices: MemoryPrices,
  given: { provider: string; model: string; row: PriceFileRow; isDry: boolean; now: Instant },
): ShownDifference[] {
  const { provider, model, row, isDry, now } = given;
  const known = [...prices.own.values()].find(
    (price) => price.provider === provider && price.model === model && sameIdentity(price.row, row),
  );
  const differences = Object.entries(row.per_million ?? {}).flatMap(([unit, after]): ShownDifference[] => {
    const before = known?.row.per_million?.[unit];
    if (before === after) return [];
    const about = { provider, model, unit, after, ...(row.effective_from && { from: row.effective_from }) };
    return [
      { kind: before === undefined ? "added" : "changed", ...about, ...(before !== undefined && { before }) },
    ];
  });
  if (!isDry && differences.length > 0) {
    prices.put({ provider, model, names: [], services: [], isActive: true, row: { ...row } }, now);
  }
  return differences;
}

function sameIdentity(one: PriceFileRow, other: PriceFileRow): boolean {
  return (
    JSON.stringify([one.when, one.effective_from]) === JSON.stringify([other.when, other.effective_from])
  );
}
