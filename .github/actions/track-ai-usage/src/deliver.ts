import { setTimeout as wait } from "node:timers/promises";
import { type Retry, send } from "../../../../packages/client/src/http.ts";
import type { UnreadMetric } from "./metric-fields.ts";

/** What the API said of a metric, as `docs/metrics.md` has it. */
export interface Result {
  readonly status: "recorded" | "duplicate" | "conflict" | "rejected";
  /** Exact; null where there is no price yet. */
  readonly cost_usd?: string | null;
  readonly error?: { readonly field: string; readonly message: string };
}

export interface Delivered {
  /** One for each metric, in their order, as far as they came. */
  readonly results: readonly Result[];
  /** Why no others came. */
  readonly failure?: string;
}

interface FarSide {
  readonly apiUrl: string;
  readonly token: string;
}

const METRICS_MAX = 500;
/** Under the 2 MiB that the API takes. */
const LENGTH_MAX = 1_000_000;

/** Sends metrics until all are through, or the other side is given up. It throws nothing that concerns sending. */
export async function deliver(
  metrics: readonly UnreadMetric[],
  { apiUrl, token }: FarSide,
): Promise<Delivered> {
  const http = { apiUrl, token, fetch, timeoutMs: 15_000, retries: 3, retryDelayMs: 500, retry };
  const results: Result[] = [];
  for (const batch of batchesOf(metrics)) {
    try {
      const request = {
        method: "POST",
        path: "/ai_usage",
        body: { metrics: batch },
        repeatable: true,
      } as const;
      const answer = await send<{ readonly results?: unknown }>(http, request);
      if (!Array.isArray(answer.results) || answer.results.length !== batch.length)
        return { results, failure: "the answer is not one of ai-usage; is api-url the right address?" };
      results.push(...answer.results);
    } catch (error) {
      return { results, failure: error instanceof Error ? error.message : String(error) };
    }
  }
  return { results };
}

const retry: Retry = async (attempt, { retries, delayMs, mayPass }) => {
  for (let made = 0; ; made += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (made >= retries || !(error instanceof Error) || !mayPass(error)) throw error;
    }
    await wait(delayMs * 2 ** made * (1 + Math.random()));
  }
};

function* batchesOf(metrics: readonly UnreadMetric[]): Generator<UnreadMetric[]> {
  let batch: UnreadMetric[] = [];
  let length = 0;
  for (const metric of metrics) {
    const more = JSON.stringify(metric).length;
    if (batch.length >= METRICS_MAX || (batch.length > 0 && length + more > LENGTH_MAX)) {
      yield batch;
      batch = [];
      length = 0;
    }
    batch.push(metric);
    length += more;
  }
  if (batch.length > 0) yield batch;
}
