import { plusDays, type ScopedOutcome, startOfUtcDate, type UtcDate } from "@ai-usage/core";
import { getItems, putItems } from "./batches.ts";
import { InvalidCursorError } from "./errors.ts";
import { type Item, ItemReader, readableOf } from "./item.ts";
import { monthOf, OUTCOME_LANES, outcomeIdOf, outcomeKey, outcomePartition } from "./keys.ts";
import { decodeCursor, encodeCursor, type Page, type PageRequest } from "./listing.ts";
import { contentHash } from "./metric-item.ts";
import { newestPositions, type Position, type PositionRange, taken } from "./newest-positions.ts";
import { fromOutcomeItem, type OutcomeItemOptions, toOutcomeItem } from "./outcome-item.ts";
import type { Table } from "./table.ts";

/** `duplicate`: the same was stored before · `conflict`: something else is stored under its id. Neither changes anything. */
export type RecordedOutcome = "recorded" | "duplicate" | "conflict";

/**
 * Stores each outcome once, by its id; the answers are in the order of `outcomes`. One read tells duplicates and conflicts
 * apart, one write stores the rest: of two contents under one id that race within that window, one is stored.
 */
export async function recordOutcomes(
  table: Table,
  outcomes: readonly ScopedOutcome[],
  options: OutcomeItemOptions,
): Promise<RecordedOutcome[]> {
  const known = await storedHashes(table, outcomes);
  const fresh: Item[] = [];
  const answers = outcomes.map((given): RecordedOutcome => {
    const { outcomeId } = given.outcome;
    const hash = contentHash(given.outcome);
    const stored = known.get(outcomeId);
    if (stored !== undefined) return stored === hash ? "duplicate" : "conflict";
    known.set(outcomeId, hash);
    fresh.push(toOutcomeItem(given, options, hash));
    return "recorded";
  });
  await putItems(table, fresh);
  return answers;
}

async function storedHashes(table: Table, outcomes: readonly ScopedOutcome[]): Promise<Map<string, string>> {
  const ids = new Set(outcomes.map(({ outcome }) => outcome.outcomeId));
  const items = await getItems(table, [...ids].map(outcomeKey), ["content_hash"]);
  return new Map(
    items
      .map((item) => new ItemReader(item))
      .map((item) => [outcomeIdOf(item.key()), item.text("content_hash")]),
  );
}

/** Days by UTC, both included, and which outcomes of them. */
export interface OutcomeSelection {
  readonly first: UtcDate;
  readonly last: UtcDate;
  readonly matches: (outcome: ScopedOutcome) => boolean;
}

const READ_TOGETHER = 100;
/** So many are looked at for one answer, where few of many match. */
const EXAMINED_MAX = 1_000;

/**
 * Outcomes of some days, newest first. Where few of many match, a page may have fewer than asked for, or none, and be
 * followed by another all the same.
 */
export async function listOutcomes(
  table: Table,
  { first, last, matches }: OutcomeSelection,
  { limit, cursor }: PageRequest,
): Promise<Page<ScopedOutcome>> {
  const end = startOfUtcDate(plusDays(last, 1) as UtcDate);
  const from = startOfUtcDate(first);
  const before = cursor === undefined ? end : decodeCursor(cursor);
  if (before < from || before > end) throw new InvalidCursorError("is of a question about other days");
  const positions = positionsIn(table, { from, before });
  const found: { outcome: ScopedOutcome; position: string }[] = [];
  const itemsOf = (count: number) => found.slice(0, count).map(({ outcome }) => outcome);
  let examined: string | undefined;
  for (let count = 0; count < EXAMINED_MAX; ) {
    const page = await taken(positions, count === 0 ? Math.min(limit + 1, READ_TOGETHER) : READ_TOGETHER);
    if (page.length === 0) return { items: itemsOf(limit) };
    found.push(...(await outcomesAt(table, page)).filter(({ outcome }) => matches(outcome)));
    const lastShown = found[limit - 1];
    if (found.length > limit && lastShown) {
      return { items: itemsOf(limit), nextCursor: encodeCursor(lastShown.position) };
    }
    count += page.length;
    examined = page.at(-1)?.position;
  }
  return { items: itemsOf(limit), nextCursor: examined && encodeCursor(examined) };
}

/** Month by month, back to the first. */
async function* positionsIn(table: Table, range: PositionRange): AsyncGenerator<Position, void> {
  const lanes = Array.from({ length: OUTCOME_LANES }, (_, lane) => lane);
  for (let month = monthOf(range.before); month >= monthOf(range.from); month = monthBefore(month)) {
    const partitions = lanes.map((lane) => ({
      index: "GSI1" as const,
      partition: outcomePartition(month, lane),
    }));
    yield* newestPositions(table, partitions, range);
  }
}

const monthBefore = (month: string): string => monthOf(plusDays(`${month}-01`, -1));

/** In the order of `positions`, without those that have expired or cannot be read. */
async function outcomesAt(
  table: Table,
  positions: readonly Position[],
): Promise<{ outcome: ScopedOutcome; position: string }[]> {
  const items = await getItems(
    table,
    positions.map(({ key }) => key),
  );
  const byId = new Map(readableOf(items, fromOutcomeItem).map((one) => [one.outcome.outcomeId, one]));
  return positions.flatMap(({ key, position }) => {
    const outcome = byId.get(outcomeIdOf(key));
    return outcome ? [{ outcome, position }] : [];
  });
}
