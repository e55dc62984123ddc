import {
  isSelected,
  type PricedMetric,
  type PriceSubject,
  plusDays,
  type RestatementSelection,
  type UtcDate,
} from "@ai-usage/core";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { getItems } from "../batches.ts";
import { type Item, ItemReader, readableOf } from "../item.ts";
import { metricKey, prefixes, SERVICE_LANES, serviceLanePartition, unpricedPartition } from "../keys.ts";
import { fromMetricItem } from "../metric-item.ts";
import { queryItems } from "../query.ts";
import { readCube } from "../read-totals.ts";
import type { Table } from "../table.ts";
import { listUnpricedModels } from "../unpriced-models.ts";

/** Metrics of a step, and where the next ones begin: nowhere, when these were the last. */
export interface MetricPage {
  readonly metrics: readonly PricedMetric[];
  readonly next?: string;
}

const PAGE_SIZE = 200;
const SCAN_SEGMENTS = 4;
const FIRST = "0";
const AFTER_ALL = "\uffff";

/**
 * The steps that a selection is worked through in: a day each; of unpriced metrics a model and month each; or, where
 * the table has no index of single metrics, its segments, all of it.
 */
export async function stepsOf(
  table: Table,
  selection: RestatementSelection,
  { serviceIndex }: { serviceIndex: boolean },
): Promise<string[]> {
  if (selection.onlyUnpriced) return unpricedSteps(table, selection);
  if (!serviceIndex) return Array.from({ length: SCAN_SEGMENTS }, (_, segment) => `segment#${segment}`);
  const days: string[] = [];
  for (let date: string = selection.from; date <= selection.to; date = plusDays(date, 1))
    days.push(`day#${date}`);
  return days;
}

async function unpricedSteps(table: Table, { from, to, service, model, operation }: RestatementSelection) {
  const steps: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listUnpricedModels(table, { limit: 500, cursor });
    for (const subject of page.items) {
      if (service !== undefined && subject.service !== service) continue;
      // Calls that do not tell which model was served may have asked for this one.
      if (model !== undefined && subject.model !== undefined && subject.model !== model) continue;
      if (operation !== undefined && subject.operation !== operation) continue;
      const first = subject.firstDate > from ? subject.firstDate : from;
      for (const month of monthsBetween(first, to)) {
        steps.push(["unpriced", subject.service, subject.model ?? "", subject.operation, month].join("#"));
      }
    }
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return steps;
}

function monthsBetween(first: UtcDate, last: UtcDate): string[] {
  const months: string[] = [];
  // Four days after the 28th it is the next month, whichever it is.
  for (
    let month = first.slice(0, 7);
    month <= last.slice(0, 7);
    month = plusDays(`${month}-28`, 4).slice(0, 7)
  )
    months.push(month);
  return months;
}

/** One page of a step's metrics, those that the selection does not mean left out. */
export async function metricPage(
  table: Table,
  step: string,
  selection: RestatementSelection,
  cursor: string | undefined,
): Promise<MetricPage> {
  const [kind, ...parts] = step.split("#");
  const page =
    kind === "segment"
      ? await scanPage(table, Number(parts[0]), cursor)
      : await indexPage(
          table,
          await partitionsOf(table, step, selection),
          kind === "day" ? "GSI1" : "GSI2",
          cursor,
        );
  return { ...page, metrics: page.metrics.filter(({ metric }) => isSelected(selection, metric)) };
}

async function partitionsOf(table: Table, step: string, selection: RestatementSelection): Promise<string[]> {
  const [kind, ...parts] = step.split("#");
  const lanes = Array.from({ length: SERVICE_LANES }, (_, lane) => lane);
  if (kind === "day") {
    const date = parts[0] as UtcDate;
    const services = await servicesOn(table, date, selection);
    // In their own order, by which a cursor goes on.
    return services
      .flatMap((service) => lanes.map((lane) => serviceLanePartition(service, date, lane)))
      .sort();
  }
  const [service = "", model = "", operation = "", month = ""] = parts;
  const subject: PriceSubject = { service, operation, ...(model !== "" && { model }) };
  return lanes.map((lane) => unpricedPartition(subject, month, lane));
}

/** The service that is meant; or all that were used on a day, by its totals: they know all that has been counted. */
async function servicesOn(table: Table, date: UtcDate, { service }: RestatementSelection): Promise<string[]> {
  if (service !== undefined) return [service];
  const cells = await readCube(table, [date]);
  return [...new Set(cells.map((cell) => cell.service))];
}

/** A cursor is the partition and the position in it that was read last. */
async function indexPage(
  table: Table,
  partitions: readonly string[],
  index: "GSI1" | "GSI2",
  cursor: string | undefined,
): Promise<MetricPage> {
  const [at, after] = cursor === undefined ? [undefined, FIRST] : splitCursor(cursor);
  const remaining = at === undefined ? partitions : partitions.filter((partition) => partition >= at);
  for (const partition of remaining) {
    const from = partition === at ? after : FIRST;
    const found = await queryItems(table, {
      partition,
      index,
      between: [from, AFTER_ALL],
      limit: PAGE_SIZE + 1,
    });
    const positions = found
      .map((item) => new ItemReader(item))
      .filter((read) => read.text(`${index}SK`) !== from);
    if (positions.length === 0) continue;
    const page = positions.slice(0, PAGE_SIZE);
    const items = await getItems(
      table,
      page.map((read) => read.key()),
    );
    const last = page.at(-1)?.text(`${index}SK`) ?? "";
    return { metrics: readMetrics(items), next: `${partition} ${last}` };
  }
  return { metrics: [] };
}

function splitCursor(cursor: string): [partition: string, position: string] {
  // The position begins with an instant, in which no blank stands; names may hold blanks.
  const [, partition = "", position = ""] = /^(.*) (\d{4}-\d\d-\d\dT.*)$/s.exec(cursor) ?? [];
  return [partition, position];
}

async function scanPage(table: Table, segment: number, cursor: string | undefined): Promise<MetricPage> {
  const { Items: items = [], LastEvaluatedKey: last } = await table.client.send(
    new ScanCommand({
      TableName: table.name,
      Segment: segment,
      TotalSegments: SCAN_SEGMENTS,
      Limit: PAGE_SIZE,
      ConsistentRead: true,
      ExclusiveStartKey: cursor === undefined ? undefined : (JSON.parse(cursor) as Item),
    }),
  );
  const metrics = items.filter((item) => new ItemReader(item).key().PK.startsWith(prefixes.metric));
  return { metrics: readMetrics(metrics), ...(last && { next: JSON.stringify(last) }) };
}

/** Metrics as they are stored now, those that are still there. */
export async function findMetrics(table: Table, requestIds: readonly string[]): Promise<PricedMetric[]> {
  const items = await getItems(table, requestIds.map(metricKey));
  return readMetrics(items);
}

/** One that cannot be read is in no total either, and has been set aside. */
const readMetrics = (items: readonly Item[]): PricedMetric[] => readableOf(items, fromMetricItem);

/** Whether what a restatement changes leaves the list that it reads: then a page must be noted before it is worked on. */
export function shrinksAsItIsDone(step: string): boolean {
  return step.startsWith("unpriced#");
}
