import type { Consumption, FunctionUse } from "./dollars.ts";
import type { Stage, TrafficSamples, UnitSample } from "./unit-samples.ts";

/** How events travel: so many in a request to the API, so many records in a call of rollup. */
export interface Way {
  readonly apiBatch: number;
  readonly streamBatch: number;
  /** Whether raw events are listed by service (the setting `metricIndex`). */
  readonly hasServiceIndex: boolean;
}

/** What lib/ gives the functions. */
const memoryMiB = { ingest: 1024, rollup: 1024, budgetWatch: 512 };
/** What packages/store does at a time: items of one write, writes, updates of totals. */
const WRITE_ITEMS = 25;
const CONCURRENT_WRITES = 4;
const CONCURRENT_UPDATES = 16;

/** What one event consumes, by DynamoDB's published rules and the processor time that was measured. */
export function consumptionOf({ published, bodyBytes, samples }: TrafficSamples, way: Way): Consumption {
  const sent = sampleOf(samples, way.apiBatch);
  const streamed = sampleOf(samples, way.streamBatch);
  const { event } = published;
  return {
    apiBatch: way.apiBatch,
    requestBytes: bodyBytes * way.apiBatch,
    writeUnits: {
      event: event.table + event.GSI3 + (way.hasServiceIndex ? event.GSI1 : 0),
      rollup: rollupUnitsOf(streamed, published.update),
    },
    readUnits: {
      ingest: sent.ingest.keyReadUnits / sent.events,
      budgetWatch: streamed.watch.keyReadUnits / streamed.events,
    },
    functions: functionsOf(sent, streamed),
  };
}

/** Write units of the totals for one event, by the published rules. */
export function rollupUnitsOf({ rollup, newDayTotals, events }: UnitSample, unitsOfUpdate: number): number {
  return ((rollup.calls.UpdateItem ?? 0) * unitsOfUpdate + newDayTotals) / events;
}

function functionsOf(sent: UnitSample, streamed: UnitSample): FunctionUse[] {
  const updates = (streamed.rollup.calls.UpdateItem ?? 0) / streamed.rollup.invocations;
  return [
    {
      ...useOf("ingest", sent.ingest, sent.events),
      memoryMiB: memoryMiB.ingest,
      roundTrips: 1 + Math.ceil(sent.batch / WRITE_ITEMS / CONCURRENT_WRITES),
    },
    {
      ...useOf("rollup", streamed.rollup, streamed.events),
      memoryMiB: memoryMiB.rollup,
      // Every window ends with a call that has no records.
      calls: (2 * streamed.rollup.invocations) / streamed.events,
      roundTrips: Math.ceil(updates / CONCURRENT_UPDATES) / 2,
    },
    {
      ...useOf("budget-watch", streamed.watch, streamed.events),
      memoryMiB: memoryMiB.budgetWatch,
      roundTrips: 1,
    },
  ];
}

const useOf = (name: string, { invocations, cpuMs }: Stage, events: number) => ({
  name,
  calls: invocations / events,
  cpuMs: cpuMs / events,
});

function sampleOf(samples: readonly UnitSample[], batch: number): UnitSample {
  const sample = samples.find((one) => one.batch === batch);
  if (sample === undefined) throw new Error(`batches of ${batch} are not measured`);
  return sample;
}
