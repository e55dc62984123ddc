import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { epochMsOf, instantFromEpochMs, PRICES_SETTLE_MS } from "@ai-usage/core";
import { builtInPriceBookId } from "@ai-usage/pricing";
import { workOnRestatement } from "@ai-usage/store";
import type { Context } from "aws-lambda";
import { logger, readEnvironment, tableFromEnvironment, variables } from "../environment.ts";
import { openPriceSource } from "../price-source.ts";
import { repriceWith } from "./reprice.ts";
import { sweep } from "./sweep.ts";
import { workOnAll } from "./work-on-all.ts";

const environment = readEnvironment({
  METRIC_INDEX: variables.onOff,
  PRICE_REFRESH_SECONDS: variables.seconds,
});
const table = tableFromEnvironment();
const prices = openPriceSource(table, environment.PRICE_REFRESH_SECONDS);

/** What is left when the function stops by itself, so that no page is cut off. */
const RESERVE_MS = 20_000;

const clock = () => instantFromEpochMs(Date.now());

/** Works on one restatement, or, called by the clock, on all that are not done. */
export async function handler(event: { readonly restatement_id?: string }, context: Context): Promise<void> {
  // An order may follow a change of prices by a second: a dry run must show what that change does.
  prices.forget();
  const newId = () => `rst_${randomUUID().replaceAll("-", "").slice(0, 16)}`;
  const bookId = builtInPriceBookId();
  const ids = event.restatement_id
    ? [event.restatement_id]
    : await sweep({ table, prices, bookId, settleMs: PRICES_SETTLE_MS, newId }, clock());
  await workOnAll(ids, async (restatementId) => {
    const outcome = await workOnRestatement(table, restatementId, {
      worker: context.awsRequestId,
      reprice: (now) => repriceWith(prices, now),
      serviceIndex: environment.METRIC_INDEX,
      clock,
      waitUntil: async (at) => void (await sleep(Math.max(0, epochMsOf(at) - Date.now()))),
      hasTime: () => context.getRemainingTimeInMillis() > RESERVE_MS,
    });
    logger.info("restatement", { restatementId, outcome });
  });
}
