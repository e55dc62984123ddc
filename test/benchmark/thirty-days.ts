import { instantFromEpochMs } from "@ai-usage/core";
import type { WireMetric } from "@ai-usage/demo";
import type { StreamRecord } from "@ai-usage/store";
import { eventsOf, itemsOf } from "./events.ts";

const DAYS = 30;
const DAY_MS = 86_400_000;

/** The hours of a day in which anything happens: few, so that filling the table stays affordable. */
const HOURS = [9, 15];

/**
 * Any number of events on the same thirty days and of the same groups: every service, model, operation and user of the
 * demo's traffic has some on every day, however few there are in all.
 */
export class ThirtyDays {
  /** By day: one image for each group, of an event as the stream shows it. */
  readonly #images: NonNullable<StreamRecord["dynamodb"]["NewImage"]>[][];
  /** The first and the last day, `2026-11-21`. */
  readonly firstDate: string;
  readonly lastDate: string;
  #sequence = 0;

  constructor(nowMs: number) {
    const groups = groupsOf(eventsOf({ count: 8_000, endMs: nowMs, idPrefix: "groups", withJobs: false }));
    const lastDay = Math.floor(nowMs / DAY_MS) - 1;
    const now = instantFromEpochMs(nowMs);
    const dateOf = (day: number) => new Date(day * DAY_MS).toISOString().slice(0, 10);
    this.firstDate = dateOf(lastDay - DAYS + 1);
    this.lastDate = dateOf(lastDay);
    this.#images = Array.from({ length: DAYS }, (_, index) => {
      const startMs = (lastDay - DAYS + 1 + index) * DAY_MS;
      const events = groups.map((event, group) => {
        const hour = HOURS[group % HOURS.length] ?? 0;
        return { ...event, timestamp: new Date(startMs + hour * 3_600_000).toISOString() };
      });
      return itemsOf(events, now);
    });
  }

  get groups(): number {
    return this.#images[0]?.length ?? 0;
  }

  /** `count` new events, a batch of stream records for each day. */
  batches(count: number): StreamRecord[][] {
    return this.#images.map((images, day) => {
      const ofDay = Math.floor(((day + 1) * count) / DAYS) - Math.floor((day * count) / DAYS);
      return Array.from({ length: ofDay }, (_, index) => this.#record(images[index % images.length] ?? {}));
    });
  }

  #record(image: NonNullable<StreamRecord["dynamodb"]["NewImage"]>): StreamRecord {
    this.#sequence += 1;
    const key = { PK: { S: `USAGE#${this.#sequence}` }, SK: { S: "METRIC" } };
    return {
      eventID: String(this.#sequence),
      eventName: "INSERT",
      dynamodb: {
        SequenceNumber: String(this.#sequence),
        ApproximateCreationDateTime: 0,
        Keys: key,
        NewImage: { ...image, ...key },
      },
    };
  }
}

function groupsOf(events: readonly WireMetric[]): WireMetric[] {
  const groups = new Map<string, WireMetric>();
  for (const event of events) groups.set(`${event.service} ${event.model} ${event.user_id}`, event);
  return [...groups.values()];
}
