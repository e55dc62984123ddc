import type { MetricInput } from "@ai-usage/client/leases";
import type { UsageContext } from "../context/usage-context.ts";
import type { CallStart, CallTerms } from "./call.ts";

/** Where budgets decide on calls before they are made. */
export interface Gate {
  /**
   * Decides in memory; has to wait only where nothing is known yet.
   * @throws BudgetExhaustedError (or a promise that rejects with it) when the call may not be made
   */
  enter(start: CallStart, context: UsageContext): Entry | Promise<Entry>;
  /** Gives back what is reserved. */
  close(): Promise<void>;
}

/** A call that was let in. */
export interface Entry {
  /** How it is to be made instead. */
  readonly terms?: CallTerms;
  /** What it is reserved by: its metric says so. */
  readonly leaseId?: string;
  /** It is over, or was not made after all. */
  readonly done: (end: EndOfCall) => void;
}

/** A call without a metric is one that could not be read. */
export type EndOfCall =
  | { readonly made: false }
  | { readonly made: true; readonly metric?: Omit<MetricInput, "lease_id"> };
