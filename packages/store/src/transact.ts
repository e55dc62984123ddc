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

/** Those who write one item meet there: more often than this they do not meet in turn. */
const ATTEMPTS_MAX = 14;
const BACKOFF_MS = 20;
const BACKOFF_MS_MAX = 1_000;

/**
 * Reads, plans and writes: all of it or nothing. Planned anew with what is there when somebody else was faster.
 *
 * @param what names what everybody is writing, for the error
 * @throws ThrottledError when others are always faster; nothing was written, and it may be tried again
 */
export async function transact<T>(table: Table, what: string, plan: () => Promise<Plan<T>>): Promise<T> {
  for (let attempts = 1; ; attempts++) {
    const { writes, outcome } = await plan();
    if (writes.length === 0) return outcome;
    try {
      await table.client.send(new TransactWriteCommand({ TransactItems: writes }));
      return outcome;
    } catch (error) {
      if (!isMeeting(error)) throw error;
      if (attempts === ATTEMPTS_MAX)
        throw new ThrottledError(`${what} change faster than they can be written`);
      await sleep(Math.random() * Math.min(BACKOFF_MS * 2 ** attempts, BACKOFF_MS_MAX));
    }
  }
}

const MEETINGS = ["ConditionalCheckFailed", "TransactionConflict", "ThrottlingError"];

/** Somebody else wrote at the same moment, or between our reading and writing. */
const isMeeting = (error: unknown): boolean => reasonsOf(error).some((code) => MEETINGS.includes(code));

/** Why a transaction was cancelled, a code for each of its writes: `None` for those that were well. */
export function reasonsOf(error: unknown): string[] {
  if (!(error instanceof TransactionCanceledException)) return [];
  return (error.CancellationReasons ?? []).map(({ Code = "" }) => Code);
}
