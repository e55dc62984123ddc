import {
  aggregations,
  instantFromEpochMs,
  parseScope,
  parseUtcDate,
  planUsage,
  UnanswerableQuestionError,
  type UsageQuestion,
} from "@ai-usage/core";
import { answerUsage, listActiveScopes, readCube, recordMetrics, rollUp, type Table } from "@ai-usage/store";
import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomFrom } from "../support/deliveries.ts";
import { newTable, type TestTable, withTable } from "../support/engine.ts";
import { type Item, itemsOf } from "../support/items.ts";
import { aPricedMetric, metricOptions, unpriced } from "../support/metrics.ts";
import { inNaiveWords, naiveAnswer } from "../support/naive-answers.ts";
import { partitionOf, readStream, recordsOf } from "../support/stream.ts";

/** Sixty calls around the night in which New York's clocks go back, with odd minutes, some without this or that. */
function someMetrics() {
  const random = randomFrom(7);
  const oneOf = <T>(...choices: readonly T[]) => choices[Math.floor(random() * choices.length)] as T;
  return Array.from({ length: 60 }, (_, index) => {
    const minute = Math.floor(random() * 4 * 24 * 60);
    const given = {
      requestId: `req-${index}`,
      timestamp: instantFromEpochMs(Date.UTC(2026, 9, 30, 12) + minute * 60_000),
      service: oneOf("openai", "anthropic"),
      model: oneOf("m1", "m2", undefined),
      operation: oneOf("chat", "embed"),
      userId: oneOf("ann", "🚀 bob", undefined),
      team: oneOf("日本", undefined),
      jobId: oneOf("nightly", undefined),
      feature: oneOf("search", undefined),
      environment: oneOf("prod", "dev"),
      callCount: oneOf(1, 1, 3),
    };
    if (index % 7 === 0) return unpriced(given);
    return aPricedMetric(given, `0.${String(Math.floor(random() * 1e15)).padStart(15, "0")}`, [
      oneOf("department:r&d", "department:ops"),
    ]);
  });
}

let table: TestTable;
let metrics: Item[];

beforeAll(async () => {
  table = await newTable();
  await recordMetrics(table, someMetrics(), metricOptions);
  const changes = recordsOf(await readStream(table), "USAGE#");
  const isFirst = (one: (typeof changes)[number]) => partitionOf(one).length % 2 === 0;
  await rollUp(table, changes.filter(isFirst), "shard-1");
  await rollUp(
    table,
    changes.filter((one) => !isFirst(one)),
    "shard-2",
  );
  metrics = await itemsOf(table, "USAGE#");
});
afterAll(() => table.drop());

function aQuestion(given: Partial<UsageQuestion>): UsageQuestion {
  return {
    firstDate: "2026-10-31",
    lastDate: "2026-11-02",
    timeZone: "UTC",
    aggregations: [],
    filter: {},
    ...given,
  };
}

const filters: UsageQuestion["filter"][] = [
  {},
  { service: "openai" },
  { model: "m1" },
  { operation: "chat" },
  { service: "openai", model: "m1" },
  { service: "openai", model: "m1", operation: "chat" },
  { scope: parseScope("user:ann") },
  { scope: parseScope("user:🚀 bob") },
  { scope: parseScope("department:r&d") },
  { scope: parseScope("team:nobody") },
];

function isAnswerable(question: UsageQuestion): boolean {
  try {
    planUsage(question);
    return true;
  } catch (error) {
    if (error instanceof UnanswerableQuestionError) return false;
    throw error;
  }
}

describe("answer from totals", () => {
  it.each(["UTC", "Asia/Kathmandu", "America/New_York"])(
    "is what every metric looked at in %s gives, under every filter and by every aggregation",
    async (timeZone) => {
      let answered = 0;
      for (const filter of filters) {
        const asked = [[], ...aggregations.map((aggregation) => [aggregation])];
        const alone = asked
          .map((some) => aQuestion({ timeZone, filter, aggregations: some }))
          .filter(isAnswerable);
        const together = aQuestion({
          timeZone,
          filter,
          aggregations: alone.flatMap((question) => question.aggregations),
        });
        for (const question of [...alone, together].filter(isAnswerable)) {
          const report = await answerUsage(table, question);
          expect(inNaiveWords(report), JSON.stringify(question)).toEqual(naiveAnswer(metrics, question));
          answered += 1;
        }
      }
      expect(answered).toBeGreaterThan(25);
    },
  );

  it("is about the days asked for, both included", async () => {
    for (const [firstDate, lastDate] of [
      ["2026-10-31", "2026-10-31"],
      ["2026-11-01", "2026-11-30"],
      ["2026-10-01", "2026-10-30"],
      ["2025-12-01", "2026-11-01"],
    ] as const) {
      const question = aQuestion({ firstDate, lastDate, aggregations: ["day", "user"] });
      expect(inNaiveWords(await answerUsage(table, question))).toEqual(naiveAnswer(metrics, question));
    }
  });

  it("lists who was there on each day by the index, over the month's edge", async () => {
    const range = { first: parseUtcDate("2026-10-31"), last: parseUtcDate("2026-11-01") };
    const expected = new Set(
      metrics
        .filter(({ timestamp }) => String(timestamp) >= "2026-10-31" && String(timestamp) < "2026-11-02")
        .flatMap(({ user_id }) => (user_id === undefined ? [] : [`user:${user_id}`])),
    );
    expect(new Set(await listActiveScopes(table, "user", range))).toEqual(expected);
  });
});

describe("cube of a busy day", () => {
  it("is read whole, also where it takes several pages of a query", async () => {
    await withTable(async (busy) => {
      const cells = 1_200;
      const filler = "x".repeat(900);
      const items = Array.from({ length: cells }, (_, index) => ({
        PK: "CUBE#2026-11-21",
        SK: `service-${filler}#model-${index}#chat#shard`,
        calls: 1,
      }));
      await putRaw(busy, items);
      const read = await readCube(busy, [parseUtcDate("2026-11-21")]);
      expect(new Set(read.map(({ model }) => model)).size).toBe(cells);
      expect(read.reduce((sum, { totals }) => sum + totals.calls, 0)).toBe(cells);
    });
  });
});

async function putRaw(to: Table, items: readonly Item[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(items.length / 25) }, (_, index) =>
    items.slice(index * 25, index * 25 + 25),
  );
  for (const batch of batches) {
    const requests = batch.map((one) => ({ PutRequest: { Item: one } }));
    await to.client.send(new BatchWriteCommand({ RequestItems: { [to.name]: requests } }));
  }
}
