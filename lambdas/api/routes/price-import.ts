import { type OwnPrice, type OwnPriceContent, type PriceEdit, utcDateOf } from "@ai-usage/core";
import { planUpdate, toOwnPriceFiles } from "@ai-usage/pricing";
import { importOwnPrices, listOwnPrices, OWN_PRICE_BYTES_MAX, toOwnPriceRecord } from "@ai-usage/store";
import { fieldProblem, parseOrProblem, priceImportSchema, toWirePriceImport } from "@ai-usage/wire";
import { Hono } from "hono";
import {
  type ApiEnvironment,
  type ApiParts,
  editBy,
  jsonBodyOf,
  newId,
  unlimitedCallerWith,
} from "../context.ts";
import { readGenaiPricesData, readPriceFileData } from "../imported-prices.ts";
import { readOrProblem } from "../price-problems.ts";

/** Price lists: in what they differ from what is paid, and taking that over as prices of one's own. */
export function priceImportRoutes({ table, clock, prices }: ApiParts): Hono<ApiEnvironment> {
  const app = new Hono<ApiEnvironment>();

  app.post("/", async (context) => {
    const caller = unlimitedCallerWith(context, "admin");
    const { format, data, dry_run } = parseOrProblem(priceImportSchema, await jsonBodyOf(context));
    const now = clock();
    const today = utcDateOf(now);
    const { files, warnings } =
      format === "price-file" ? readPriceFileData(data) : readGenaiPricesData(data, today);
    // By what is in the table now: what an import of a moment ago has set is no difference any more.
    prices.forget();
    const { book } = await prices.current(now);
    const ownPrices = await listOwnPrices(table);
    const updates = files.map((file) =>
      readOrProblem(
        () => planUpdate(book, file, { ownPrices, today }),
        () => "data",
      ),
    );
    const planned = updates.flatMap((update) => update.prices);
    const edit = editBy(caller, now);
    requireUsable(planned, ownPrices, edit);
    if (!dry_run) {
      await importOwnPrices(table, planned, { importId: newId("imp"), edit });
      prices.forget();
    }
    const differences = updates.flatMap((update) => update.differences);
    return context.json(toWirePriceImport(differences, warnings, !dry_run));
  });

  return app;
}

/** @throws ProblemError before anything is written that could not be used then */
function requireUsable(
  planned: readonly OwnPriceContent[],
  ownPrices: readonly OwnPrice[],
  { at, by }: PriceEdit,
): void {
  const large = planned.find(
    (price) => Buffer.byteLength(JSON.stringify(toOwnPriceRecord(price))) > OWN_PRICE_BYTES_MAX,
  );
  if (large)
    throw fieldProblem("data", `has a price of ${large.model} that is over ${OWN_PRICE_BYTES_MAX} bytes`);
  const replaced = new Set(planned.map(({ priceId }) => priceId));
  const kept = ownPrices.filter(({ priceId }) => !replaced.has(priceId));
  const added = planned.map((price): OwnPrice => ({ ...price, changedAt: at, changedBy: by }));
  const [unusable] = toOwnPriceFiles([...kept, ...added]).left.filter(({ price }) =>
    replaced.has(price.priceId),
  );
  if (unusable === undefined) return;
  const { price, reason } = unusable;
  throw fieldProblem(
    "data",
    `has a price of ${price.model} that meets one of your own: ${reason.slice(0, 500)}`,
  );
}
