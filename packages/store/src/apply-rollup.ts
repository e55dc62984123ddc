import {
  addTotals,
  type Counter,
  contributionsOf,
  counterKey,
  type PricedMetric,
  type Slot,
  type Totals,
} from "@ai-usage/core";
import pMap from "p-map";
import { type CounterBatch, type CounterPart, countOnce, paddedSequence } from "./count-once.ts";
import { toSumAttributes } from "./counter-item.ts";
import type { Item } from "./item.ts";
import { counterItemKey, dateTotalsKey } from "./keys.ts";
import type { Table } from "./table.ts";

/** A change of a stored metric, as the table's stream reports it. */
export interface MetricChange {
  /** The stream's number of this change, any number of decimal digits. */
  readonly sequenceNumber: string;
  readonly before?: PricedMetric;
  readonly after?: PricedMetric;
}

const CONCURRENT_UPDATES = 16;

/**
 * Adds changes to every total they count in, each exactly once however often they come.
 *
 * @param changes of one shard, in the order of the stream
 * @param lineage the shard's id: the end of every counter's key, so that no two shards write one item
 */
export async function applyChanges(
  table: Table,
  changes: readonly MetricChange[],
  lineage: string,
): Promise<void> {
  await pMap(batchesByCounter(changes, lineage), (batch) => countOnce(table, batch), {
    concurrency: CONCURRENT_UPDATES,
  });
}

interface TotalsPart extends CounterPart {
  readonly slot: Slot;
  readonly delta: Totals;
}

function batchesByCounter(changes: readonly MetricChange[], lineage: string): CounterBatch<TotalsPart>[] {
  const batches = new Map<string, { counter: Counter; parts: TotalsPart[] }>();
  for (const change of changes) {
    const sequence = paddedSequence(change.sequenceNumber);
    for (const { counter, slot, delta } of contributionsOf(change)) {
      const key = counterKey(counter);
      const batch = batches.get(key) ?? { counter, parts: [] };
      batch.parts.push({ sequence, slot, delta });
      batches.set(key, batch);
    }
  }
  return [...batches.values()].map(({ counter, parts }) => counterBatch(counter, parts, lineage));
}

export function counterBatch(
  counter: Counter,
  parts: readonly TotalsPart[],
  lineage: string,
): CounterBatch<TotalsPart> {
  return { key: counterItemKey(counter, lineage), parts, sumsOf, sets: listingOf(counter, lineage) };
}

function sumsOf(parts: readonly TotalsPart[]): Item {
  const slots = new Map<Slot, Totals>();
  for (const { slot, delta } of parts) {
    const sum = slots.get(slot);
    slots.set(slot, sum ? addTotals(sum, delta) : delta);
  }
  return Object.assign({}, ...[...slots].map(([slot, totals]) => toSumAttributes(slot, totals)));
}

// Keys of a keys-only index: written when the item first appears, free of charge ever after.
function listingOf(counter: Counter, lineage: string): Item {
  return counter.kind === "day" ? dateTotalsKey(counter.scope, counter.date, lineage) : {};
}
