import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from "@aws-sdk/client-eventbridge";

/** Most entries that one PutEvents takes. */
const ENTRIES_MAX = 10;

export interface BusEvent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
  readonly time: Date;
}

/** The bus did not take some events. The whole batch may be published again: receivers tell repeats by alert id. */
export class NotPublishedError extends Error {
  override readonly name = "NotPublishedError";
}

/** @throws NotPublishedError when the bus refused any of `events` */
export async function publishEvents(
  client: EventBridgeClient,
  busName: string,
  events: readonly BusEvent[],
): Promise<void> {
  for (let first = 0; first < events.length; first += ENTRIES_MAX) {
    const entries = events.slice(first, first + ENTRIES_MAX).map((event) => toEntry(event, busName));
    const { Entries: taken = [], FailedEntryCount: failed = 0 } = await client.send(
      new PutEventsCommand({ Entries: entries }),
    );
    if (failed > 0) {
      const reasons = taken.flatMap(({ ErrorCode }) => (ErrorCode ? [ErrorCode] : []));
      throw new NotPublishedError(
        `${failed} of ${entries.length} events: ${[...new Set(reasons)].join(", ")}`,
      );
    }
  }
}

function toEntry(event: BusEvent, busName: string): PutEventsRequestEntry {
  return {
    EventBusName: busName,
    Source: event.source,
    DetailType: event.detailType,
    Detail: JSON.stringify(event.detail),
    Time: event.time,
  };
}
