import {
  type ChangeSums,
  Money,
  noRestatementSums,
  type Restatement,
  type RestatementSums,
  restatementStates,
} from "@ai-usage/core";
import { type Item, ItemReader } from "../item.ts";
import { listingKey, listings, restatementKey, restatementStepKey, runningRestatementKey } from "../keys.ts";

/** An order as it is stored, with the steps it is done in. */
export interface StoredRestatement {
  readonly restatement: Restatement;
  /** Known from its start on. */
  readonly steps?: readonly string[];
  /** Until when somebody is at it. */
  readonly claimedUntil?: string;
}

export function toRestatementItem(restatement: Restatement): Item {
  const { restatementId, selection, createdAt } = restatement;
  return {
    ...restatementKey(restatementId),
    ...listingKey(listings.restatements, createdAt, restatementId),
    ...(restatement.state === "running" && runningRestatementKey(restatementId, createdAt)),
    restatement_id: restatementId,
    first_date: selection.from,
    last_date: selection.to,
    service: selection.service,
    model: selection.model,
    operation: selection.operation,
    only_unpriced: selection.onlyUnpriced,
    dry_run: restatement.dryRun,
    state: restatement.state,
    created_at: createdAt,
    created_by: restatement.createdBy,
    starts_at: restatement.startsAt,
  };
}

/** @throws InvalidItemError naming the attribute that is not what a restatement has */
export function fromRestatementItem(item: Item): StoredRestatement {
  const read = new ItemReader(item);
  return {
    restatement: {
      restatementId: read.text("restatement_id"),
      selection: {
        from: read.date("first_date"),
        to: read.date("last_date"),
        service: read.optionalText("service"),
        model: read.optionalText("model"),
        operation: read.optionalText("operation"),
        onlyUnpriced: read.flag("only_unpriced"),
      },
      dryRun: read.flag("dry_run"),
      state: read.word("state", restatementStates),
      createdAt: read.instant("created_at"),
      createdBy: read.text("created_by"),
      startsAt: read.instant("starts_at"),
      finishedAt: read.optionalInstant("finished_at"),
      failure: read.optionalText("failure"),
    },
    steps: read.has("steps") ? read.texts("steps") : undefined,
    claimedUntil: read.optionalText("claimed_until"),
  };
}

/** How far a step is: where it goes on, and what it came to so far. Both in one item, so that neither is without the other. */
export interface StepProgress {
  readonly step: string;
  readonly done: boolean;
  /** Goes up each time it is saved. */
  readonly version: number;
  /** Of the last page that is in the sums; absent before the first. */
  readonly cursor?: string;
  /** A page that is being worked on, and not in the sums yet. */
  readonly pending?: PendingPage;
  readonly sums: RestatementSums;
}

interface PendingPage {
  readonly requestIds: readonly string[];
  readonly next?: string;
}

export const freshStep = (step: string): StepProgress => ({
  step,
  done: false,
  version: 0,
  sums: noRestatementSums,
});

export function toStepItem(restatementId: string, progress: StepProgress): Item {
  const { step, done, version, cursor, pending, sums } = progress;
  return {
    ...restatementStepKey(restatementId, step),
    step,
    done,
    version,
    cursor,
    pending_ids: pending?.requestIds,
    pending_next: pending?.next,
    seen: sums.seen,
    total: toSums(sums.total),
    by_day: toSumsMap(sums.byDay),
    by_scope: toSumsMap(sums.byScope),
    by_budget: toSumsMap(sums.byBudget),
  };
}

export function fromStepItem(item: Item): StepProgress {
  const read = new ItemReader(item);
  return {
    step: read.text("step"),
    done: read.flag("done"),
    version: read.integer("version"),
    ...(read.has("pending_ids") && {
      pending: { requestIds: read.texts("pending_ids"), next: read.optionalText("pending_next") },
    }),
    cursor: read.optionalText("cursor"),
    sums: {
      seen: read.integer("seen"),
      total: readSums(read.map("total")),
      byDay: readSumsMap(read.map("by_day")),
      byScope: readSumsMap(read.map("by_scope")),
      byBudget: readSumsMap(read.map("by_budget")),
    },
  };
}

// Amounts as text: a map of numbers would be read back as wrapped numbers, one object each.
function toSums({ metrics, calls, before, after }: ChangeSums): Item {
  return { metrics, calls, before: before.toString(), after: after.toString() };
}

function readSums(read: ItemReader): ChangeSums {
  return {
    metrics: read.integer("metrics"),
    calls: read.integer("calls"),
    before: Money.parse(read.text("before")),
    after: Money.parse(read.text("after")),
  };
}

function toSumsMap(sums: ReadonlyMap<string, ChangeSums>): Item {
  return Object.fromEntries([...sums].map(([key, one]) => [key, toSums(one)]));
}

function readSumsMap(read: ItemReader): Map<string, ChangeSums> {
  return new Map(read.names().map((key) => [key, readSums(read.map(key))]));
}
