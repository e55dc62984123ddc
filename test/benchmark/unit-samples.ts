import { type Instant, instantFromEpochMs } from "@ai-usage/core";
import type { WireMetric } from "@ai-usage/demo";
import { ingestRequest } from "@ai-usage/ingest";
import { BudgetWatch, budgetNewsOf, rollUp, type StreamRecord } from "@ai-usage/store";
import { type Consumed, type MeteredTable, meterCapacity } from "./capacity-meter.ts";
import { eventsOf, ingestInto } from "./events.ts";
import { type PublishedUnits, publishedUnitsOf } from "./published-units.ts";
import { openScratchTable } from "./scratch-table.ts";
import { chunksOf } from "./statistics.ts";
import { partitionOf, StreamTap } from "./stream-tap.ts";

/** As long as a shard's id is on AWS, since counters carry it in their key. */
const LINEAGE = "shardId-00000001795312800000-0a1b2c3d";
/** They and the day's other items exist before anything is measured. */
const WARM_UP_EVENTS = 500;
const HOUR_MS = 3_600_000;
/** Records that one call of budget-watch gets. */
const WATCH_BATCH = 100;

export interface BatchSize {
  readonly batch: number;
  readonly events: number;
}

/** What events cost on their whole way when each function gets them in batches of one size. */
export interface UnitSample extends BatchSize {
  readonly ingest: Stage;
  readonly rollup: Stage;
  readonly watch: Stage;
  /** Totals of a day that were new: each adds an entry to GSI2, once. */
  readonly newDayTotals: number;
}

export interface Stage extends Consumed {
  readonly invocations: number;
  readonly cpuMs: number;
}

export interface TrafficSamples {
  readonly published: PublishedUnits;
  readonly bodyBytes: number;
  readonly samples: readonly UnitSample[];
}

/** Takes the same traffic through ingest, rollup and budget-watch in batches of each size, on one table. */
export async function sampleUnits(withJobs: boolean, sizes: readonly BatchSize[]): Promise<TrafficSamples> {
  const table = await openScratchTable("units");
  const tap = new StreamTap(table);
  try {
    const way = new MeteredWay(meterCapacity(table), tap);
    const all = [{ batch: WARM_UP_EVENTS, events: WARM_UP_EVENTS }, ...sizes];
    const count = all.reduce((total, { events }) => total + events, 0);
    // They span less than an hour of the trace and end with one, so no batch lies in two.
    const endMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 1_000;
    const events = eventsOf({ count, endMs, idPrefix: "units", withJobs });
    const samples: UnitSample[] = [];
    for (const size of all) samples.push(await way.take(events.splice(0, size.events), size));
    return {
      published: await publishedUnitsOf(table),
      bodyBytes: JSON.stringify(eventsOf({ count: 100, endMs, idPrefix: "units", withJobs })).length / 100,
      samples: samples.slice(1),
    };
  } finally {
    tap.close();
    await table.close();
  }
}

class MeteredWay {
  readonly #table: MeteredTable;
  readonly #tap: StreamTap;
  readonly #now: Instant = instantFromEpochMs(Date.now());

  constructor(table: MeteredTable, tap: StreamTap) {
    this.#table = table;
    this.#tap = tap;
  }

  async take(events: readonly WireMetric[], size: BatchSize): Promise<UnitSample> {
    const ingest = ingestInto(this.#table);
    const ingested = await this.#stage(chunksOf(events, size.batch), (metrics) =>
      ingestRequest(ingest, { metrics }, this.#now),
    );
    const records = await this.#newRecords("USAGE#");
    if (records.length !== size.events)
      throw new Error(`${records.length} of ${size.events} events streamed`);

    const watchBatches: StreamRecord[][] = [];
    const rolledUp = await this.#stage(
      chunksOf(records, size.batch),
      (batch) => rollUp(this.#table, batch, LINEAGE),
      async () => {
        watchBatches.push(...chunksOf(await this.#newRecords("TOTAL#"), WATCH_BATCH));
      },
    );
    const watched = await this.#stage(watchBatches, (batch) =>
      new BudgetWatch(this.#table).raiseDueAlerts(budgetNewsOf(batch), this.#now),
    );
    const newDayTotals = watchBatches
      .flat()
      .filter(({ eventName, dynamodb }) => eventName === "INSERT" && dynamodb.NewImage?.GSI2PK).length;
    return { ...size, ingest: ingested, rollup: rolledUp, watch: watched, newDayTotals };
  }

  async #stage<Batch>(
    batches: readonly Batch[],
    run: (batch: Batch) => Promise<unknown>,
    afterEach: () => Promise<void> = async () => {},
  ): Promise<Stage> {
    let cpuMs = 0;
    for (const batch of batches) {
      const started = process.cpuUsage();
      await run(batch);
      const { user, system } = process.cpuUsage(started);
      cpuMs += (user + system) / 1000;
      await afterEach();
    }
    return { ...this.#table.take(), invocations: batches.length, cpuMs };
  }

  async #newRecords(prefix: string): Promise<StreamRecord[]> {
    return (await this.#tap.readNew()).filter((record) => partitionOf(record).startsWith(prefix));
  }
}
