import { setTimeout as sleep } from "node:timers/promises";
import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { TransactWriteCommand, type TransactWriteCommandInput } from "@aws-sdk/lib-dynamodb";
import { ThrottledError } from "./errors.ts";
import type { Table } from "./table.ts";

export type TransactItems = NonNullable<TransactWriteCommandInput["TransactItems"]>;

/** What is to be written, on the condition that it is still as it was read, and what that comes to. */
export interface Plan<T> {
  /** None where nothing is to change. */
  readonly writes: TransactItems;
  readonly outcome: T;
}

/** Those who write one item meet there, and go on one after the other; with so many attempts, each comes to its turn. */
export const TURNS_MAX = 60;
const BACKOFF_MS = 10;
const BACKOFF_MS_MAX = 400;

/**
 * Reads, plans and writes: all of it or nothing. Planned anew with what is there when somebody else was faster.
 *
 * @param what names what everybody is writing, for the error
 * @throws ThrottledError when others are always faster; nothing was written, and it may be tried again
 */
export async function transact<T>(table: Table, what: string, plan: () => Promise<Plan<T>>): Promise<T> {
  for (let attempt = 1; attempt <= TURNS_MAX; attempt++) {
    const { writes, outcome } = await plan();
    if (writes.length === 0 || (await tryToWrite(table, writes)) === "written") return outcome;
    await backOff(attempt);
  }
  throw new ThrottledError(`${what} change faster than they can be written`);
}

/** `changed`: a condition does not hold any more · `met`: somebody wrote at the same moment. */
export async function tryToWrite(
  table: Table,
  writes: TransactItems,
): Promise<"written" | "changed" | "met"> {
  try {
    await table.client.send(new TransactWriteCommand({ TransactItems: writes }));
    return "written";
  } catch (error) {
    const reasons = reasonsOf(error);
    if (reasons.includes("ConditionalCheckFailed")) return "changed";
    if (reasons.some((code) => MEETINGS.includes(code))) return "met";
    throw error;
  }
}

const MEETINGS = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];

export function backOff(attempt: number): Promise<void> {
  return sleep(Math.random() * Math.min(BACKOFF_MS * 1.5 ** attempt, BACKOFF_MS_MAX));
}

/** Why a transaction was cancelled, a code for each of its writes: `None` for those that were well. */
export function reasonsOf(error: unknown): string[] {
  if (!(error instanceof TransactionCanceledException)) return [];
  return (error.CancellationReasons ?? []).map(({ Code = "" }) => Code);
}
