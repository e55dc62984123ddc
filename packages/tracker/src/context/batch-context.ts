import { CallsTally, type CallsUsage } from "../recording/calls-usage.ts";
import { type UsageContext, withMetricListener, withUsageContext } from "./usage-context.ts";

/** A batch that is under way. */
export interface Batch {
  readonly batchId: string;
  /** What its calls have come to until now. */
  readonly usage: CallsUsage;
}

/**
 * Runs `work` so that its calls carry the id of one batch, and are added up. Inside of another batch it is one of its own,
 * whose calls count in both sums.
 *
 * @param context with a `batchId`, or one is made
 * @returns what `work` returns
 */
export function withBatchContext<Result>(context: UsageContext, work: (batch: Batch) => Result): Result {
  const { batchId = newBatchId() } = context;
  const tally = new CallsTally();
  const batch: Batch = {
    batchId,
    get usage() {
      return tally.sum;
    },
  };
  return withMetricListener(
    (metric) => tally.add(metric),
    () => withUsageContext({ ...context, batchId }, () => work(batch)),
  );
}

const newBatchId = (): string => `batch_${crypto.randomUUID()}`;

export interface PartialFailuresOptions extends UsageContext {
  /** How many items are worked on at a time. @default 8 */
  readonly concurrency?: number;
}

/** An item whose work failed, and with what. */
export interface FailedItem<Item> {
  readonly index: number;
  readonly item: Item;
  readonly error: unknown;
}

export interface PartialResults<Item, Result> {
  readonly batchId: string;
  /** Of every item, in the order of the items. */
  readonly results: readonly PromiseSettledResult<Result>[];
  readonly failures: readonly FailedItem<Item>[];
  /** What all calls came to, those of failed items among them. */
  readonly usage: CallsUsage;
}

const CONCURRENCY = 8;

/**
 * Works on the items of a batch, a few at a time. That one fails does not stop the others: it is in the answer.
 *
 * @param work is told the item and its index
 * @throws RangeError when the concurrency is no whole number above 0
 */
export async function withPartialFailures<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Result | Promise<Result>,
  { concurrency = CONCURRENCY, ...context }: PartialFailuresOptions = {},
): Promise<PartialResults<Item, Result>> {
  if (!Number.isInteger(concurrency) || concurrency < 1)
    throw new RangeError("concurrency must be a whole number above 0");
  return withBatchContext(context, async (batch) => {
    const results = await settledInOrder(items, work, concurrency);
    const failures = results.flatMap((result, index) =>
      result.status === "rejected" ? [{ index, item: items[index] as Item, error: result.reason }] : [],
    );
    return { batchId: batch.batchId, results, failures, usage: batch.usage };
  });
}

async function settledInOrder<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Result | Promise<Result>,
  concurrency: number,
): Promise<PromiseSettledResult<Result>[]> {
  const results: PromiseSettledResult<Result>[] = new Array(items.length);
  const left = items.entries();
  const worker = async () => {
    // All workers take from the one iterator.
    for (const [index, item] of left) results[index] = await settled(() => work(item, index));
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  return results;
}

async function settled<Result>(work: () => Result | Promise<Result>): Promise<PromiseSettledResult<Result>> {
  try {
    return { status: "fulfilled", value: await work() };
  } catch (reason) {
    return { status: "rejected", reason };
  }
}
