import type { PricedMetric, UtcDate } from "@ai-usage/core";
import { getItems } from "./batches.ts";
import { ItemReader } from "./item.ts";
import { batchPartition, jobPartition, SERVICE_LANES, serviceLanePartition } from "./keys.ts";
import { decodeCursor, nextCursor, type Page, type PageRequest } from "./listing.ts";
import { fromMetricItem } from "./metric-item.ts";
import { type PartitionQuery, queryItems } from "./query.ts";
import type { Table } from "./table.ts";

/** Which raw metrics: those of a service on a day, or of a job, or of a batch (that belongs to no job). */
export type MetricSelection =
  | { readonly service: string; readonly date: UtcDate }
  | { readonly jobId: string }
  | { readonly batchId: string };

/** Raw metrics in order of time. The index gives their positions, merged over its lanes, the table the items. */
export async function listMetrics(
  table: Table,
  selection: MetricSelection,
  request: PageRequest,
): Promise<Page<PricedMetric>> {
  const { index, partitions } = partitionsOf(selection);
  const after = request.cursor === undefined ? FIRST : decodeCursor(request.cursor);
  const lanes = await Promise.all(
    partitions.map((partition) =>
      queryItems(table, { partition, index, between: [after, AFTER_ALL], limit: request.limit + 2 }),
    ),
  );
  const found = lanes
    .flat()
    .map((item) => new ItemReader(item))
    .map((item) => ({ key: item.key(), position: item.text(`${index}SK`) }))
    .filter(({ position }) => position !== after)
    .map((one) => ({ ...one, bytes: Buffer.from(one.position) }))
    // As the index sorts: by bytes of UTF-8, which is not the order of strings here.
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  const page = found.slice(0, request.limit);
  const items = await getItems(
    table,
    page.map(({ key }) => key),
  );
  const byKey = new Map(items.map((item) => [new ItemReader(item).text("PK"), item]));
  return {
    items: page.flatMap(({ key }) => {
      const item = byKey.get(key.PK);
      return item ? [fromMetricItem(item)] : [];
    }),
    nextCursor: nextCursor(found, page, ({ position }) => position),
  };
}

const FIRST = "0";
const AFTER_ALL = "\uffff";

function partitionsOf(selection: MetricSelection): {
  index: NonNullable<PartitionQuery["index"]>;
  partitions: string[];
} {
  if ("jobId" in selection) return { index: "GSI3", partitions: [jobPartition(selection.jobId)] };
  if ("batchId" in selection) return { index: "GSI3", partitions: [batchPartition(selection.batchId)] };
  const lanes = Array.from({ length: SERVICE_LANES }, (_, lane) => lane);
  return {
    index: "GSI1",
    partitions: lanes.map((lane) => serviceLanePartition(selection.service, selection.date, lane)),
  };
}
