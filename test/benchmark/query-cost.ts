import { instantFromEpochMs } from "@ai-usage/core";
import { PriceSource } from "@ai-usage/ingest";
import { rollUp } from "@ai-usage/store";
import { createApi } from "../../lambdas/api/api.ts";
import type { ApiEnvironment, ApiParts } from "../../lambdas/api/context.ts";
import { toAuthorizerContext } from "../../lambdas/caller.ts";
import type { Benchmark, BenchmarkResult, Finding, RunOptions } from "./benchmark.ts";
import { meterCapacity } from "./capacity-meter.ts";
import { openScratchTable } from "./scratch-table.ts";
import { median } from "./statistics.ts";
import { ThirtyDays } from "./thirty-days.ts";

const steps = [1_000, 10_000, 100_000];
const QUICK_STEPS = 2;
const questions = ["day,service,model", "day,service,model,user"];
const LINEAGE = "shardId-00000001795312800000-0a1b2c3d";
const REPEATS = 15;

/** Nobody is told of anything here. */
const noChannels: ApiParts["channels"] = {
  builtIn: [],
  canMail: false,
  topicArns: [],
  functionArns: [],
  targetRules: {},
  secrets: { keep: async () => "", drop: async () => {} },
  test: async () => ({ outcome: "failed", error: "there are no channels", ms: 0 }),
  sendDue: async () => {},
};

/**
 * The same items are read however much was used; only their numbers get longer, a byte for two digits, which can take
 * a page of items over the next 4 KB.
 */
const GOAL = { atMost: 1.05 };

interface Sample {
  readonly events: number;
  readonly aggregation: string;
  readonly readUnits: number;
  readonly queries: number;
  readonly ms: readonly number[];
}

export const queryCost: Benchmark = {
  name: "query-cost",
  question: "Does asking about thirty days cost more when more was used?",
  async run({ quick, log }: RunOptions): Promise<BenchmarkResult> {
    const table = await openScratchTable("query");
    try {
      const nowMs = Date.now();
      const days = new ThirtyDays(nowMs);
      const metered = meterCapacity(table);
      const api = createApi({
        table: metered,
        clock: () => instantFromEpochMs(nowMs),
        prices: new PriceSource(metered, { refreshSeconds: 20 }),
        scopeMetadataKeys: [],
        unpricedPolicy: "allow",
        approval: {},
        channels: noChannels,
        startRestatement: async () => {},
      });
      const samples: Sample[] = [];
      let counted = 0;
      for (const events of quick ? steps.slice(0, QUICK_STEPS) : steps) {
        log(`${events} events in ${days.groups} groups a day`);
        for (const batch of days.batches(events - counted)) await rollUp(metered, batch, LINEAGE);
        counted = events;
        for (const aggregation of questions) samples.push(await ask(aggregation, events));
      }
      return { findings: findingsOf(samples), notes, samples };

      async function ask(aggregation: string, events: number): Promise<Sample> {
        const ms: number[] = [];
        const dates = `start_date=${days.firstDate}&end_date=${days.lastDate}`;
        metered.take();
        for (let repeat = 0; repeat < REPEATS; repeat++) {
          const started = performance.now();
          const answer = await api.request(
            `/ai_usage?${dates}&aggregation=${aggregation}`,
            {},
            readerBindings(),
          );
          const { summary } = (await answer.json()) as { summary?: { total_api_calls: number } };
          ms.push(performance.now() - started);
          if (summary?.total_api_calls !== events) throw new Error(`${answer.status}: not ${events} calls`);
        }
        const { readUnits, calls } = metered.take();
        return {
          events,
          aggregation,
          readUnits: readUnits / REPEATS,
          queries: (calls.Query ?? 0) / REPEATS,
          ms,
        };
      }
    } finally {
      await table.close();
    }
  },
};

/** What API Gateway would add for a token that may read. */
function readerBindings(): ApiEnvironment["Bindings"] {
  const lambda = toAuthorizerContext({ tokenId: "benchmark", roles: ["read"] });
  return { event: { requestContext: { authorizer: { lambda } } } as never };
}

function findingsOf(samples: readonly Sample[]): Finding[] {
  return questions.flatMap((aggregation) => {
    const asked = samples.filter((sample) => sample.aggregation === aggregation);
    const first = asked[0];
    const last = asked.at(-1);
    if (first === undefined || last === undefined) return [];
    const span = `from ${first.events} to ${last.events} events`;
    return [
      ...asked.flatMap(({ events, readUnits, ms }) => [
        { measure: `${aggregation}, ${events} events`, value: readUnits, unit: "read units" },
        { measure: `${aggregation}, ${events} events, median`, value: median(ms), unit: "ms" },
      ]),
      {
        measure: `${aggregation}, growth of read units ${span}`,
        value: last.readUnits / first.readUnits,
        unit: "times",
        goal: GOAL,
      },
      {
        measure: `${aggregation}, growth of time ${span}`,
        value: median(last.ms) / median(first.ms),
        unit: "times",
      },
    ];
  });
}

const notes = [
  "Time is of the whole route in this process: the query string parsed, the totals read, the JSON written.",
  "The items read are the same; where read units grow, it is because two more digits of a number take a byte.",
  "The totals are of one shard. On AWS a shard lives for hours, so a day's total is a handful of items; that grows with days, not with events.",
];
