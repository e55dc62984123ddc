import { type Instant, plusMs, type UsageUnit } from "@ai-usage/core";
import { PricedName } from "../price-book.ts";
import type { RowConditions } from "../price-conditions.ts";
import type { PricedModel } from "../price-file.ts";
import { type PriceRow, pricesTokens } from "../price-row.ts";
import { conditionsKey, type PaidPrices, paidPrices } from "./paid-prices.ts";

/** One price in which a list differs from what is paid, from a moment on. */
export interface PaidDifference {
  /** `withdrawn`: a price that the list has no longer, announced or for some calls only: the one that is left goes on. */
  readonly kind: "added" | "changed" | "withdrawn";
  readonly unit: UsageUnit;
  readonly conditions: RowConditions;
  /** As lists put it: tokens and characters by the million. */
  readonly before?: string;
  readonly after: string;
  /** When it takes effect. Absent: from the model's beginning. */
  readonly from?: Instant;
}

/** All that a list says under some conditions, and in what it differs from what is paid. */
export interface ComparedConditions {
  readonly key: string;
  readonly conditions: RowConditions;
  readonly rows: readonly PriceRow[];
  readonly differences: readonly PaidDifference[];
  /** Nothing of it was ever priced: then it holds from when the list says, and not from today only. */
  readonly isNew: boolean;
}

/**
 * Compares what calls pay with what they would pay by a list, under each of the conditions that the list names. What the
 * list is silent about is no difference; but one that prices tokens says with it that long prompts and times of day have
 * no other price. What is over is none either: prices of the past stay, unless the list dates a change that we did not
 * know of.
 */
export function compareModel(paid: PricedName, list: PricedModel, now: Instant): ComparedConditions[] {
  const aligned = { ...list, rows: list.rows.map((row) => withPaidLength(row, paid)) };
  const gone = withdrawnRows(paid, aligned);
  const listed = { ...aligned, rows: [...aligned.rows, ...gone] };
  const byList = new PricedName([{ model: listed, multipliers: [] }]);
  const spans = spansOf([...paid.candidates.flatMap(({ model }) => model.rows), ...listed.rows]);
  return [...rowsByConditions(listed.rows)].map(([key, rows]) => {
    const conditions = rows[0]?.conditions ?? {};
    const compared = spans.map((span) => {
      const at = span.start ?? (span.end === undefined ? now : plusMs(span.end, -1));
      return {
        ...span,
        before: paidPrices(paid, conditions, at, span.end),
        after: statedHere(paidPrices(byList, conditions, at, span.end), key),
      };
    });
    const isNew = compared.every(({ before, after }) => [...after.keys()].every((unit) => !before.has(unit)));
    const isWithdrawn = gone.some((row) => rows.includes(row));
    const differences = differencesIn(compared, { conditions, listed, now, isNew, isWithdrawn });
    return { key, conditions, rows, isNew, differences };
  });
}

/** "More than" and "at least" are a token apart, and lists mix them up: the length that is paid by is kept. */
function withPaidLength(row: PriceRow, { candidates }: PricedName): PriceRow {
  const { prompt } = row.conditions;
  if (prompt === undefined) return row;
  const lengths = [prompt.tokensMin - 1, prompt.tokensMin + 1].map((tokensMin) => ({ ...prompt, tokensMin }));
  const keys = lengths.map((length) => conditionsKey({ ...row.conditions, prompt: length }));
  const paidRows = candidates.flatMap(({ model }) => model.rows);
  const alike = paidRows.find(({ conditions }) => keys.includes(conditionsKey(conditions)));
  return alike === undefined ? row : { ...row, conditions: alike.conditions };
}

/** Rows that say of long prompts, or of times of day, that they cost what all others do. */
function withdrawnRows({ candidates }: PricedName, { rows }: PricedModel): PriceRow[] {
  const isPlain = (row: PriceRow) => row.multiply === undefined && pricesTokens(row);
  const whole = rows.filter((row) => isPlain(row) && Object.keys(row.conditions).length === 0);
  const paidRows = candidates.find(({ model }) => model.rows.some(isPlain))?.model.rows ?? [];
  const named = new Set(rows.map((row) => conditionsKey(row.conditions)));
  const gone = paidRows.filter((row) => isPlain(row) && isOfSomeCallsOnly(row.conditions));
  const silent = rowsByConditions(gone.filter((row) => !named.has(conditionsKey(row.conditions))));
  return [...silent.values()].flatMap(([first]) =>
    whole.map((row) => ({ ...row, conditions: first?.conditions ?? {} })),
  );
}

function isOfSomeCallsOnly({ prompt, times, ...others }: RowConditions): boolean {
  return (prompt !== undefined || times !== undefined) && Object.keys(others).length === 0;
}

function statedHere(prices: PaidPrices, key: string): PaidPrices {
  return new Map([...prices].filter(([, { isStated, statedUnder }]) => isStated && statedUnder.has(key)));
}

function rowsByConditions(rows: readonly PriceRow[]): Map<string, PriceRow[]> {
  const groups = new Map<string, PriceRow[]>();
  for (const row of rows) {
    const key = conditionsKey(row.conditions);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return groups;
}

/** A time over which neither side changes. */
interface Span {
  /** Included. Absent: always before. */
  readonly start: Instant | undefined;
  readonly end: Instant | undefined;
}

interface ComparedSpan extends Span {
  readonly before: PaidPrices;
  readonly after: PaidPrices;
}

function spansOf(rows: readonly PriceRow[]): Span[] {
  const moments = rows.flatMap(({ effectiveFrom, effectiveTo }) => [effectiveFrom, effectiveTo]);
  const ordered = [...new Set(moments.filter((moment) => moment !== undefined))].sort();
  return [undefined, ...ordered].map((start, index) => ({ start, end: ordered[index] }));
}

interface Comparison {
  readonly conditions: RowConditions;
  readonly listed: PricedModel;
  readonly now: Instant;
  readonly isNew: boolean;
  readonly isWithdrawn: boolean;
}

function differencesIn(spans: readonly ComparedSpan[], comparison: Comparison): PaidDifference[] {
  const { conditions } = comparison;
  const units = new Set(spans.flatMap(({ after }) => [...after.keys()]));
  return [...units].flatMap((unit) => {
    const texts = spans.map((span) => ({
      ...span,
      before: span.before.get(unit)?.text,
      after: span.after.get(unit)?.text,
    }));
    return differencesOf(texts, comparison).map((difference) => ({ unit, conditions, ...difference }));
  });
}

interface TextSpan extends Span {
  readonly before: string | undefined;
  readonly after: string | undefined;
}

type TextDifference = Pick<PaidDifference, "kind" | "before" | "after" | "from">;

function differencesOf(
  spans: readonly TextSpan[],
  { listed, now, isNew, isWithdrawn }: Comparison,
): TextDifference[] {
  const found: TextDifference[] = [];
  spans.forEach((span, index) => {
    const { before, after, start, end } = span;
    const isOver = !isNew && end !== undefined && end <= now;
    if (isOver || after === undefined || after === before) return;
    const previous = spans[index - 1];
    const isSame = previous?.before === before && previous?.after === after;
    if (isSame && found.length > 0) return;
    const isAhead = start !== undefined && start > now;
    const from = isAhead || isNew ? start : (datedChange(spans, index, listed) ?? now);
    const wasAnnounced = isAhead && before !== undefined && previous?.before !== before;
    const isWithdrawal = isWithdrawn || (wasAnnounced && previous?.after === after);
    const kind = before === undefined ? "added" : isWithdrawal ? "withdrawn" : "changed";
    found.push({ kind, after, ...(before !== undefined && { before }), ...(from && { from }) });
  });
  return found;
}

/** When the difference that holds in a span began, if the two agreed until then: so the list knows of a change. */
function datedChange(spans: readonly TextSpan[], index: number, listed: PricedModel): Instant | undefined {
  let first = index;
  while (first > 0 && spans[first - 1]?.after !== undefined && !agrees(spans[first - 1])) first -= 1;
  const start = spans[first]?.start;
  const isListed = listed.rows.some(
    ({ effectiveFrom }) => effectiveFrom !== undefined && effectiveFrom === start,
  );
  return isListed && agrees(spans[first - 1]) ? start : undefined;
}

function agrees(span: TextSpan | undefined): boolean {
  return span?.after !== undefined && span.after === span.before;
}
