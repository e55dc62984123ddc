import { withUsageContext } from "../../context/usage-context.ts";
import type { BatchFormatName, BatchResultsOptions } from "../../recording/batch-results.ts";
import type { Tracker } from "../../tracker.ts";
import type { ReadOptions } from "./batch-provider.ts";

export type BatchTracker = Pick<Tracker, "recordBatchResults">;

export interface LineToRecord extends BatchResultsOptions {
  readonly format: BatchFormatName;
  readonly line: unknown;
  readonly customId: string;
}

/** Records a line as a call of whoever added its request. */
export async function recordLine(
  tracker: BatchTracker | undefined,
  { format, line, customId, ...options }: LineToRecord,
  { contextOf }: Pick<ReadOptions, "contextOf">,
): Promise<void> {
  const context = contextOf(customId) ?? {};
  await withUsageContext(context, () => tracker?.recordBatchResults(format, [line], options));
}
