import { rollUp, type StreamRecord } from "@ai-usage/store";
import { logger, tableFromEnvironment } from "../environment.ts";

/** The event of a mapping with a tumbling window: only such events say which shard they are from. */
interface WindowEvent {
  readonly Records: readonly StreamRecord[];
  readonly shardId: string;
}

const table = tableFromEnvironment();

/** Keeps the totals. A window ends with a call without records; its state is never used, but must be answered. */
export async function handler(event: WindowEvent): Promise<{ state: object; batchItemFailures: [] }> {
  if (!event.shardId)
    throw new Error("the mapping has no tumbling window: its events do not name their shard");
  const aside = await rollUp(table, event.Records, event.shardId);
  if (aside > 0) logger.warn("metrics that cannot be read were set aside", { aside, shardId: event.shardId });
  return { state: {}, batchItemFailures: [] };
}
