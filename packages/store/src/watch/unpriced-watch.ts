import {
  type Instant,
  type PriceSubject,
  type UnpricedModelAlert,
  type UtcDate,
  unpricedModelAlert,
} from "@ai-usage/core";
import pMap from "p-map";
import { fromSumAttributes } from "../counter-item.ts";
import { cubeCellOf, dateOfCube, prefixes } from "../keys.ts";
import { readCubeCell } from "../read-totals.ts";
import { itemAfter, itemBefore, keyOfRecord, type StreamRecord } from "../stream-record.ts";
import type { Table } from "../table.ts";
import { noteUnpricedModel } from "../unpriced-models.ts";
import { AlertRaiser } from "./alert-raiser.ts";

const CONCURRENT_CHECKS = 8;

/** What a batch of the table's stream says about one subject's calls without a price. */
export interface UnpricedNews {
  readonly subject: PriceSubject;
  /** Days of which there may be more of them than before. */
  readonly dates: ReadonlySet<UtcDate>;
  /** Days of which there were more after a change than before it: those are told to people. */
  readonly grownDates: ReadonlySet<UtcDate>;
}

/**
 * Cells of the cube that got calls without a price. Counting less, as when calls are given a price later, is no news.
 * A count that stays or goes down while calls come may be one that went up and down in one step of the rollup: the
 * model stays on the list then, but it is no reason for an alert.
 */
export function unpricedNewsOf(records: readonly StreamRecord[]): UnpricedNews[] {
  const news = new Map<string, { subject: PriceSubject; dates: Set<UtcDate>; grownDates: Set<UtcDate> }>();
  for (const record of records) {
    const key = keyOfRecord(record);
    if (!key.PK.startsWith(prefixes.cube)) continue;
    const before = fromSumAttributes(itemBefore(record) ?? {}, "all");
    const after = fromSumAttributes(itemAfter(record) ?? {}, "all");
    const grew = after.unpricedCalls > before.unpricedCalls;
    if (!grew && after.calls <= before.calls) continue;
    const { service, model, operation } = cubeCellOf(key);
    const cell = `${service}#${model}#${operation}`;
    const seen = news.get(cell) ?? {
      subject: { service, model: model || undefined, operation },
      dates: new Set(),
      grownDates: new Set(),
    };
    news.set(cell, seen);
    seen.dates.add(dateOfCube(key));
    if (grew) seen.grownDates.add(dateOfCube(key));
  }
  return [...news.values()];
}

/** Keeps the list of what has no price, and tells of it once a day. One for each table and process. */
export class UnpricedWatch {
  readonly #table: Table;
  readonly #alerts: AlertRaiser;

  constructor(table: Table) {
    this.#table = table;
    this.#alerts = new AlertRaiser(table);
  }

  /**
   * Lists what has calls without a price after `news`, and raises the alert of the day for it. News may be old: what
   * counts is what the cells say now. An alert is put only if absent, so checking too often is harmless.
   */
  async raiseDueAlerts(news: readonly UnpricedNews[], now: Instant): Promise<UnpricedModelAlert[]> {
    const raised = await pMap(news, (one) => this.#check(one, now), { concurrency: CONCURRENT_CHECKS });
    return raised.flat();
  }

  async #check({ subject, dates, grownDates }: UnpricedNews, now: Instant): Promise<UnpricedModelAlert[]> {
    const counts = await this.#countUnpriced(subject, dates);
    const [date] = counts.keys();
    if (date === undefined) return [];
    // Listed first: an alert that is there says that this was done.
    const { firstDate } = await noteUnpricedModel(this.#table, { subject, date, now });
    const told = [...counts].findLast(([counted]) => grownDates.has(counted));
    if (told === undefined) return [];
    const [callDate, unpricedCalls] = told;
    const alert = unpricedModelAlert({ subject, callDate, unpricedCalls, firstDate, now });
    return (await this.#alerts.raise(alert, now)) ? [alert] : [];
  }

  /** Calls without a price by day, the earliest first, days without any left out. */
  async #countUnpriced(subject: PriceSubject, dates: ReadonlySet<UtcDate>): Promise<Map<UtcDate, number>> {
    const counts = new Map<UtcDate, number>();
    for (const date of [...dates].sort()) {
      const { unpricedCalls } = await readCubeCell(this.#table, subject, date);
      if (unpricedCalls > 0) counts.set(date, unpricedCalls);
    }
    return counts;
  }
}
