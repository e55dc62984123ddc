import { type Instant, mergeSums, plusMs, type Restatement, type RestatementSums } from "@ai-usage/core";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { ItemReader } from "../item.ts";
import {
  listings,
  RUNNING_RESTATEMENTS_PARTITION,
  restatementIdOf,
  restatementKey,
  restatementStepRange,
} from "../keys.ts";
import { listEntities, type Page, type PageRequest } from "../listing.ts";
import { queryItems } from "../query.ts";
import type { Table } from "../table.ts";
import {
  fromRestatementItem,
  fromStepItem,
  type StepProgress,
  type StoredRestatement,
  toRestatementItem,
  toStepItem,
} from "./restatement-item.ts";

export async function createRestatement(table: Table, restatement: Restatement): Promise<void> {
  await table.client.send(
    new PutCommand({
      TableName: table.name,
      Item: toRestatementItem(restatement),
      ConditionExpression: "attribute_not_exists(PK)",
    }),
  );
}

export async function findRestatement(
  table: Table,
  restatementId: string,
): Promise<StoredRestatement | undefined> {
  const { Item: item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: restatementKey(restatementId), ConsistentRead: true }),
  );
  return item && fromRestatementItem(item);
}

export function listRestatements(table: Table, request: PageRequest): Promise<Page<StoredRestatement>> {
  return listEntities(table, listings.restatements, request, fromRestatementItem);
}

/** Ids of all restatements that are not done, the oldest first; of one that was done a moment ago perhaps too. */
export async function listRunningRestatements(table: Table): Promise<string[]> {
  const listed = await queryItems(table, { partition: RUNNING_RESTATEMENTS_PARTITION, index: "GSI1" });
  return listed.map((item) => restatementIdOf(new ItemReader(item).key()));
}

/** How long a worker has between two signs of life before another may take over. */
const CLAIM_MS = 30_000;

/**
 * Makes a restatement one worker's, or lengthens its claim. Two at once would do no harm, but the work twice.
 * @returns whether it is this worker's now
 */
export async function claimRestatement(
  table: Table,
  claim: { restatementId: string; worker: string; now: Instant },
): Promise<boolean> {
  const { restatementId, worker, now } = claim;
  return updateIf(table, restatementId, {
    set: "claimed_by = :worker, claimed_until = :until",
    condition: `#state = :running AND (${NOBODY_AT_IT} OR ${OWN_CLAIM})`,
    values: { ":worker": worker, ":until": plusMs(now, CLAIM_MS), ":now": now },
  });
}

const NOBODY_AT_IT = "attribute_not_exists(claimed_until) OR claimed_until < :now";
const OWN_CLAIM = "claimed_by = :worker";

/** Lets the next worker go on at once. */
export async function releaseRestatement(table: Table, restatementId: string, worker: string): Promise<void> {
  await updateIf(table, restatementId, {
    set: "claimed_until = :epoch",
    condition: `#state = :running AND ${OWN_CLAIM}`,
    values: { ":worker": worker, ":epoch": "1970-01-01T00:00:00.000Z" },
  });
}

/** Writes down the steps, once: they must be the same for whoever goes on. @returns those that are written down */
export async function fixSteps(
  table: Table,
  restatementId: string,
  steps: readonly string[],
): Promise<readonly string[]> {
  await updateIf(table, restatementId, {
    set: "steps = :steps",
    condition: "#state = :running AND attribute_not_exists(steps)",
    values: { ":steps": steps },
  });
  return (await findRestatement(table, restatementId))?.steps ?? steps;
}

export async function finishRestatement(
  table: Table,
  outcome: { restatementId: string; state: "done" | "failed"; failure?: string; now: Instant },
): Promise<void> {
  const { restatementId, state, failure, now } = outcome;
  await updateIf(table, restatementId, {
    set: `#state = :state, finished_at = :now${failure === undefined ? "" : ", failure = :failure"} REMOVE GSI1PK, GSI1SK`,
    condition: "#state = :running",
    values: { ":state": state, ":now": now, ...(failure !== undefined && { ":failure": failure }) },
  });
}

async function updateIf(
  table: Table,
  restatementId: string,
  { set, condition, values }: { set: string; condition: string; values: Record<string, unknown> },
): Promise<boolean> {
  try {
    await table.client.send(
      new UpdateCommand({
        TableName: table.name,
        Key: restatementKey(restatementId),
        UpdateExpression: `SET ${set}`,
        ConditionExpression: condition,
        ExpressionAttributeNames: { "#state": "state" },
        ExpressionAttributeValues: { ":running": "running", ...values },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

export async function readSteps(table: Table, restatementId: string): Promise<StepProgress[]> {
  const items = await queryItems(table, {
    partition: restatementKey(restatementId).PK,
    between: restatementStepRange,
  });
  return items.map(fromStepItem);
}

/**
 * Saves how far a step is: its sums and its cursor together, on the condition that nobody saved it meanwhile.
 * @returns the step as it is saved, or nothing
 */
export async function saveStep(
  table: Table,
  restatementId: string,
  progress: StepProgress,
): Promise<StepProgress | undefined> {
  const saved = { ...progress, version: progress.version + 1 };
  try {
    await table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: toStepItem(restatementId, saved),
        ConditionExpression: progress.version === 0 ? NEVER_SAVED : NOT_SAVED_SINCE,
        ...(progress.version > 0 && {
          ExpressionAttributeNames: { "#version": "version" },
          ExpressionAttributeValues: { ":version": progress.version },
        }),
      }),
    );
    return saved;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

const NEVER_SAVED = "attribute_not_exists(PK)";
const NOT_SAVED_SINCE = "#version = :version";

/** How far a restatement is and what it came to so far. */
export interface RestatementProgress {
  readonly stepsDone: number;
  /** Unknown until it starts. */
  readonly stepsTotal?: number;
  readonly sums: RestatementSums;
}

export async function restatementProgress(
  table: Table,
  { restatement, steps }: StoredRestatement,
): Promise<RestatementProgress> {
  const found = await readSteps(table, restatement.restatementId);
  return {
    stepsDone: found.filter(({ done }) => done).length,
    ...(steps && { stepsTotal: steps.length }),
    sums: mergeSums(found.map(({ sums }) => sums)),
  };
}
