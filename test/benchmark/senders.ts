import { instantFromEpochMs } from "@ai-usage/core";
import type { WireMetric } from "@ai-usage/demo";
import { ingestRequest } from "@ai-usage/ingest";
import type { LocalStack } from "@ai-usage/local";
import { BatchWriteItemCommand } from "@aws-sdk/client-dynamodb";
import pMap from "p-map";
import { ingestInto, itemsOf } from "./events.ts";
import type { BenchmarkTable } from "./scratch-table.ts";
import { chunksOf } from "./statistics.ts";

/** Brings events to a table; resolves when all of them are stored. */
export type Sender = (events: readonly WireMetric[]) => Promise<void>;

/** Events on their way at a time, the same for all senders. */
const EVENTS_IN_FLIGHT = 400;
const REQUEST_EVENTS = 100;
/** The most that one BatchWriteItem takes. */
const BARE_EVENTS = 25;

/** The ceiling: the very items that ingest would store, already marshalled, and nothing but writing them. */
export function bareWrites(table: BenchmarkTable): (events: readonly WireMetric[]) => () => Promise<void> {
  return (events) => {
    const items = itemsOf(events, instantFromEpochMs(Date.now()));
    const puts = items.map((Item) => ({ PutRequest: { Item } }));
    const requests = chunksOf(puts, BARE_EVENTS);
    return () =>
      inFlight(requests, BARE_EVENTS, async (request) => {
        const answer = await table.rawClient.send(
          new BatchWriteItemCommand({ RequestItems: { [table.name]: request } }),
        );
        if (Object.keys(answer.UnprocessedItems ?? {}).length > 0) throw new Error("the engine throttles");
      });
  };
}

/** The code of the ingest function, in this process. */
export function ingestCode(table: BenchmarkTable): Sender {
  const ingest = ingestInto(table);
  return (events) =>
    inFlight(chunksOf(events, REQUEST_EVENTS), REQUEST_EVENTS, async (metrics) => {
      const { body } = await ingestRequest(ingest, { metrics }, instantFromEpochMs(Date.now()));
      requireRecorded(body.summary.recorded, metrics.length);
    });
}

/** The ingest function of the stack, invoked as an application with IAM rights would. */
export function directInvocation({ lambdaEndpoint, ingestFunctionName }: LocalStack): Sender {
  return (events) =>
    post(events, `${lambdaEndpoint}/2015-03-31/functions/${ingestFunctionName}/invocations`, {});
}

/** `POST /ai_usage`, authorizer and all. */
export function httpApi({ apiUrl, tokens }: LocalStack): Sender {
  return (events) => post(events, `${apiUrl}/ai_usage`, { authorization: `Bearer ${tokens.ingest}` });
}

function post(events: readonly WireMetric[], url: string, headers: Record<string, string>): Promise<void> {
  return inFlight(chunksOf(events, REQUEST_EVENTS), REQUEST_EVENTS, async (metrics) => {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ metrics }),
    });
    const { summary } = (await answer.json()) as { summary?: { recorded: number } };
    requireRecorded(summary?.recorded, metrics.length);
  });
}

async function inFlight<T>(requests: readonly T[], size: number, send: (request: T) => Promise<void>) {
  await pMap(requests, send, { concurrency: EVENTS_IN_FLIGHT / size });
}

function requireRecorded(recorded: number | undefined, sent: number): void {
  if (recorded !== sent) throw new Error(`${recorded} of ${sent} events were recorded`);
}
