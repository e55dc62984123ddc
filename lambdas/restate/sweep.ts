import { type Instant, plusMs, type Restatement, utcDateOf } from "@ai-usage/core";
import {
  checkUnpricedModel,
  createRestatement,
  forgetUnpricedModel,
  listRestatements,
  listUnpricedMetrics,
  listUnpricedModels,
  type Table,
  type UnpricedModel,
} from "@ai-usage/store";
import type { PriceSource } from "../price-source.ts";

export interface Sweep {
  readonly table: Table;
  readonly prices: PriceSource;
  /** Names the published prices that this function has. */
  readonly bookId: string;
  /** How long a change of own prices takes to reach every function. */
  readonly settleMs: number;
  readonly newId: () => string;
}

/**
 * Finds what is to be worked on: restatements that are not done, and models without a price that may have got one
 * since: for each of them it orders a restatement of the calls that have none, once for every change of the prices.
 * @returns ids of restatements
 */
export async function sweep(parts: Sweep, now: Instant): Promise<string[]> {
  const unfinished = await listRestatements(parts.table, { limit: 100 });
  const ids = unfinished.items
    .map(({ restatement }) => restatement)
    .filter(({ state }) => state === "running")
    .map(({ restatementId }) => restatementId);
  const { version, changedAt } = await parts.prices.current(now);
  // A function that has the prices of before may still be storing calls without one.
  if (changedAt !== undefined && plusMs(changedAt, parts.settleMs) > now) return ids;
  const pricesId = `${parts.bookId}.${version}`;
  let cursor: string | undefined;
  do {
    const page = await listUnpricedModels(parts.table, { limit: 100, cursor });
    for (const model of page.items) {
      const restatement = await lookAt(parts, model, pricesId, now);
      if (restatement !== undefined) ids.push(restatement.restatementId);
    }
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return ids;
}

async function lookAt(
  parts: Sweep,
  model: UnpricedModel,
  pricesId: string,
  now: Instant,
): Promise<Restatement | undefined> {
  const { table, prices } = parts;
  const { book } = await prices.current(now);
  const isKnown = book.find(model.service, model.model ?? model.operation).isKnown;
  if (model.checkedWith === pricesId) {
    if (isKnown && !(await hasUnpriced(table, model, now))) await forgetUnpricedModel(table, model);
    return undefined;
  }
  const restatement = isKnown ? fillIn(model, parts.newId(), now) : undefined;
  if (restatement !== undefined) await createRestatement(table, restatement);
  await checkUnpricedModel(table, model, pricesId);
  return restatement;
}

const fillIn = (model: UnpricedModel, restatementId: string, now: Instant): Restatement => ({
  restatementId,
  selection: {
    from: model.firstDate,
    // A clock may be ahead of ours by some minutes.
    to: utcDateOf(plusMs(now, 60 * 60_000)),
    service: model.service,
    model: model.model,
    operation: model.operation,
    onlyUnpriced: true,
  },
  dryRun: false,
  state: "running",
  createdAt: now,
  createdBy: "sweep",
  startsAt: now,
});

async function hasUnpriced(
  table: Table,
  { service, model, operation, firstDate }: UnpricedModel,
  now: Instant,
) {
  for (const month of monthsBetween(firstDate.slice(0, 7), now.slice(0, 7))) {
    const found = await listUnpricedMetrics(table, { service, model, operation, month }, 1);
    if (found.length > 0) return true;
  }
  return false;
}

function monthsBetween(first: string, last: string): string[] {
  const months: string[] = [];
  let [year = 0, month = 0] = first.split("-").map(Number);
  for (let name = first; name <= last; name = `${year}-${String(month).padStart(2, "0")}`) {
    months.push(name);
    month = month === 12 ? 1 : month + 1;
    if (month === 1) year += 1;
  }
  return months;
}
