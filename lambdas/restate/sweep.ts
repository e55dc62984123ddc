import { DAY_MS, type Instant, plusMs, type Restatement, utcDateOf } from "@ai-usage/core";
import type { PriceSource } from "@ai-usage/ingest";
import {
  checkUnpricedModel,
  createRestatement,
  forgetUnpricedModel,
  hasUnpricedMetrics,
  listRunningRestatements,
  listUnpricedModels,
  type Table,
  type UnpricedModel,
} from "@ai-usage/store";

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
 * since: for each of them it orders a restatement of the calls that have none, once for every change of the prices; and
 * once a day while more of them come, which may be of a function that still had the prices of before.
 * @returns ids of restatements
 */
export async function sweep(parts: Sweep, now: Instant): Promise<string[]> {
  const ids = await listRunningRestatements(parts.table);
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
  // Calls that do not tell which model was served are priced by the one that was asked for, each by its own.
  const mayBeKnown = model.model === undefined || book.find(model.service, model.model).isKnown;
  if (model.checkedWith === pricesId && !isDueAgain(model, now)) {
    // The index may be behind: of a model that was seen a moment ago it may not list all calls yet.
    const isQuiet = plusMs(model.lastSeenAt, parts.settleMs) <= now;
    if (mayBeKnown && isQuiet && !(await hasUnpriced(table, model, now)))
      await forgetUnpricedModel(table, model);
    return undefined;
  }
  const restatement = mayBeKnown ? fillIn(model, parts.newId(), now) : undefined;
  if (restatement !== undefined) await createRestatement(table, restatement);
  await checkUnpricedModel(table, model, { pricesId, now });
  return restatement;
}

function isDueAgain({ lastSeenAt, checkedAt = lastSeenAt }: UnpricedModel, now: Instant): boolean {
  return lastSeenAt > checkedAt && plusMs(checkedAt, DAY_MS) <= now;
}

/** A clock may be ahead of ours by some minutes. */
const lastDay = (now: Instant) => utcDateOf(plusMs(now, 60 * 60_000));

const fillIn = (model: UnpricedModel, restatementId: string, now: Instant): Restatement => ({
  restatementId,
  selection: {
    from: model.firstDate,
    to: lastDay(now),
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
  for (const month of monthsBetween(firstDate.slice(0, 7), lastDay(now).slice(0, 7))) {
    if (await hasUnpricedMetrics(table, { service, model, operation, month })) return true;
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
