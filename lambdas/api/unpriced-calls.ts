import {
  type AIUsageMetric,
  addUsage,
  datesBetween,
  type Instant,
  Money,
  type PricedMetric,
  plusDays,
  quantitiesOf,
  type UtcDate,
  utcDateOf,
} from "@ai-usage/core";
import type { PriceSource } from "@ai-usage/ingest";
import { estimateUnpriced, ownPriceId, type PriceBook, quote } from "@ai-usage/pricing";
import { listUnpricedMetrics, readCube, type Table } from "@ai-usage/store";
import type { ShownUnpriced } from "@ai-usage/wire";

/** How many of a model's calls are looked at. */
const SAMPLE_MAX = 200;
const REASONS_MAX = 5;

/** UTC days, both included. */
export interface Days {
  readonly first: UtcDate;
  readonly last: UtcDate;
}

export interface Looker {
  readonly table: Table;
  readonly prices: PriceSource;
  readonly now: Instant;
}

type Counted = Omit<ShownUnpriced, keyof Sampled>;
type Sampled = Pick<
  ShownUnpriced,
  "reasons" | "unpricedUnits" | "estimatedCost" | "estimatedFrom" | "sampledCalls" | "isPriceable"
>;

/** What has calls without a price in some days, and by a sample of them what they may have cost. */
export async function listUnpricedCalls(
  { table, prices, now }: Looker,
  days: Days,
): Promise<ShownUnpriced[]> {
  const { book } = await prices.current(now);
  const listed: ShownUnpriced[] = [];
  for (const counted of await countUnpriced(table, days)) {
    const sample = await sampleOf(table, counted, days);
    listed.push({ ...counted, ...fromSample(book, sample, counted.unpricedCalls) });
  }
  return listed;
}

const FILLS_IN_DAYS = 30;

/** Calls of the last days that have no price, and that an own price may be for. */
export async function callsToFillIn({ table, prices, now }: Looker, priceId: string): Promise<number> {
  const last = utcDateOf(now);
  const first = plusDays(last, 1 - FILLS_IN_DAYS) as UtcDate;
  const { book } = await prices.current(now);
  const waiting = (await countUnpriced(table, { first, last })).filter((subject) =>
    isPricedBy(book, subject, priceId),
  );
  return waiting.reduce((sum, { unpricedCalls }) => sum + unpricedCalls, 0);
}

/** One whose days are not among the calls' days prices none of them. */
function isPricedBy(
  book: PriceBook,
  { service, model, operation, firstDate, lastDate }: Counted,
  priceId: string,
): boolean {
  const rows = book.find(service, model ?? operation).candidates.flatMap((candidate) => candidate.model.rows);
  return rows.some(
    (row) =>
      row.origin === "own" &&
      ownPriceId(row) === priceId &&
      (row.effectiveFrom === undefined || utcDateOf(row.effectiveFrom) <= lastDate) &&
      (row.effectiveTo === undefined || utcDateOf(row.effectiveTo) >= firstDate),
  );
}

/** From the cube, which counts every call. */
async function countUnpriced(table: Table, { first, last }: Days): Promise<Counted[]> {
  const cells = await readCube(table, datesBetween(first, last) as UtcDate[]);
  const models = new Map<string, Counted>();
  for (const { date, service, model, operation, totals } of cells) {
    if (totals.unpricedCalls === 0) continue;
    const key = `${service}#${model}#${operation}`;
    const known = models.get(key);
    models.set(key, {
      service,
      model: model === "" ? undefined : model,
      operation,
      unpricedCalls: (known?.unpricedCalls ?? 0) + totals.unpricedCalls,
      firstDate: known === undefined || date < known.firstDate ? date : known.firstDate,
      lastDate: known === undefined || date > known.lastDate ? date : known.lastDate,
      inputTokens: (known?.inputTokens ?? 0) + totals.inputTokens,
      outputTokens: (known?.outputTokens ?? 0) + totals.outputTokens,
    });
  }
  return [...models.values()];
}

/** Newest months first. */
async function sampleOf(table: Table, subject: Counted, { first, last }: Days): Promise<PricedMetric[]> {
  const { service, model, operation, firstDate, lastDate } = subject;
  const months = [...new Set(datesBetween(firstDate, lastDate).map((date) => date.slice(0, 7)))].reverse();
  const sample: PricedMetric[] = [];
  for (const month of months) {
    if (sample.length >= SAMPLE_MAX) break;
    const selection = { service, model, operation, month, days: { first, last } };
    sample.push(...(await listUnpricedMetrics(table, selection, SAMPLE_MAX - sample.length)));
  }
  return sample;
}

function fromSample(book: PriceBook, sample: readonly PricedMetric[], unpricedCalls: number): Sampled {
  const metrics = sample.map(({ metric }) => metric);
  const stillUnpriced = metrics
    .map((metric) => quote(book, metric))
    .filter(({ pricingStatus }) => pricingStatus === "unpriced");
  // What is missing today counts: a price that came since may lack one unit more.
  const today = stillUnpriced.flatMap(({ reason }) => reason ?? []);
  const then = sample.flatMap(({ pricing }) => (pricing.status === "unpriced" ? [pricing.reason] : []));
  const reasons = today.length > 0 ? today : then;
  const estimate = estimateSample(book, metrics, unpricedCalls);
  return {
    reasons: [...new Set(reasons)].slice(0, REASONS_MAX),
    unpricedUnits: [...new Set(stillUnpriced.flatMap(({ unpricedUnits }) => unpricedUnits))],
    ...(estimate && { estimatedCost: estimate.cost, estimatedFrom: estimate.rowId }),
    sampledCalls: metrics.reduce((sum, { callCount }) => sum + callCount, 0),
    isPriceable: metrics.length > 0 && stillUnpriced.length === 0,
  };
}

/** The average of those calls that can be estimated, times all that have no price. */
function estimateSample(
  book: PriceBook,
  metrics: readonly AIUsageMetric[],
  unpricedCalls: number,
): { cost: Money; rowId: string } | undefined {
  let total = Money.zero;
  let calls = 0;
  let rowId: string | undefined;
  for (const metric of summed(metrics)) {
    const estimate = estimateUnpriced(book, metric);
    if (estimate === undefined) continue;
    total = total.plus(estimate.cost);
    calls += metric.callCount;
    rowId ??= estimate.rowId;
  }
  if (rowId === undefined) return undefined;
  return { cost: total.times(BigInt(unpricedCalls)).dividedBy(BigInt(calls)), rowId };
}

/** Calls that used the same units are estimated as one: each of them costs a look at every sibling. */
function summed(metrics: readonly AIUsageMetric[]): AIUsageMetric[] {
  const groups = new Map<string, AIUsageMetric>();
  for (const metric of metrics) {
    const units = quantitiesOf(metric.usage)
      .filter(([, quantity]) => quantity > 0)
      .map(([unit]) => unit);
    const key = metric.alsoUsed ? metric.requestId : units.sort().join();
    const known = groups.get(key);
    const sum = known && {
      ...known,
      usage: addUsage(known.usage, metric.usage),
      callCount: known.callCount + metric.callCount,
    };
    groups.set(key, sum ?? metric);
  }
  return [...groups.values()];
}
