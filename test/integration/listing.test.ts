import { type ApiToken, instantFromEpochMs, parseScope, parseUtcDate } from "@ai-usage/core";
import {
  createBudget,
  findToken,
  InvalidCursorError,
  listBudgets,
  listMetrics,
  listTokens,
  type MetricSelection,
  type Page,
  type PageRequest,
  putToken,
  recordMetrics,
  revokeToken,
} from "@ai-usage/store";
import { DeleteCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aNewBudget, aNote } from "../support/budgets.ts";
import { newTable, type TestTable, withTable } from "../support/engine.ts";
import { aPricedMetric, metricOptions } from "../support/metrics.ts";

const start = Date.UTC(2026, 10, 21, 10);

/** All items of a list, and how large its pages were. */
async function allPages<T>(
  list: (request: PageRequest) => Promise<Page<T>>,
  limit: number,
): Promise<{ items: T[]; sizes: number[] }> {
  const items: T[] = [];
  const sizes: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ limit, cursor });
    items.push(...page.items);
    sizes.push(page.items.length);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return { items, sizes };
}

let table: TestTable;
beforeAll(async () => {
  table = await newTable();
});
afterAll(() => table.drop());

describe("list of raw metrics", () => {
  // Many at the same millisecond, with ids whose order as strings here is not their order as bytes there.
  const ids = [
    "a",
    "Z",
    "ü",
    "日本",
    "\uff21",
    "🚀",
    "z",
    ...Array.from({ length: 30 }, (_, index) => `req-${index}`),
  ];
  const metrics = ids.flatMap((id) =>
    [0, 1].map((ms) =>
      aPricedMetric({
        requestId: `${id}-${ms}`,
        timestamp: instantFromEpochMs(start + ms),
        ...(ms === 0 ? { jobId: "nightly" } : { batchId: "b1" }),
      }),
    ),
  );
  const idsOf = async (selection: MetricSelection, limit: number) => {
    const { items, sizes } = await allPages((request) => listMetrics(table, selection, request), limit);
    return {
      ids: items.map(({ metric }) => metric.requestId),
      times: items.map(({ metric }) => metric.timestamp),
      sizes,
    };
  };

  beforeAll(() => recordMetrics(table, metrics, metricOptions));

  it.each([1, 7, 37, 74, 500])(
    "of a service's day comes in pages of %i without loss or repeat, in order of time",
    async (limit) => {
      const listed = await idsOf({ service: "openai", date: parseUtcDate("2026-11-21") }, limit);
      expect(listed.ids.toSorted()).toEqual(metrics.map(({ metric }) => metric.requestId).sort());
      expect(listed.times).toEqual(listed.times.toSorted());
      expect(listed.sizes.slice(0, -1).every((size) => size === limit)).toBe(true);
    },
  );

  it("of a job, or of a batch, holds that alone", async () => {
    expect((await idsOf({ jobId: "nightly" }, 10)).ids.toSorted()).toEqual(ids.map((id) => `${id}-0`).sort());
    expect((await idsOf({ batchId: "b1" }, 10)).ids.toSorted()).toEqual(ids.map((id) => `${id}-1`).sort());
    expect((await idsOf({ jobId: "other" }, 10)).ids).toEqual([]);
    expect((await idsOf({ service: "openai", date: parseUtcDate("2026-11-22") }, 10)).ids).toEqual([]);
  });

  it("goes on where it was when what a cursor named is gone", async () => {
    const first = await listMetrics(table, { jobId: "nightly" }, { limit: 5 });
    const last = first.items.at(-1)?.metric.requestId;
    await table.client.send(
      new DeleteCommand({ TableName: table.name, Key: { PK: `USAGE#${last}`, SK: "METRIC" } }),
    );
    const second = await listMetrics(table, { jobId: "nightly" }, { limit: 500, cursor: first.nextCursor });
    expect(second.items).toHaveLength(ids.length - 5);
  });

  it("refuses a cursor that is none", async () => {
    await expect(listMetrics(table, { jobId: "nightly" }, { limit: 5, cursor: "x" })).rejects.toThrow(
      InvalidCursorError,
    );
  });
});

describe("list of budgets", () => {
  it.each([1, 4, 12, 100])("comes newest first in pages of %i, without loss or repeat", async (limit) => {
    await withTable(async (own) => {
      // Pairs that were made at the same moment.
      const made = Array.from({ length: 12 }, (_, index) =>
        aNewBudget({
          budgetId: `bud_${String(index).padStart(2, "0")}`,
          createdAt: instantFromEpochMs(start + Math.floor(index / 2)),
        }),
      );
      await Promise.all(made.map((budget) => createBudget(own, budget, aNote("created"))));
      const { items, sizes } = await allPages((request) => listBudgets(own, request), limit);
      expect(items.map(({ budgetId }) => budgetId)).toEqual(made.map(({ budgetId }) => budgetId).reverse());
      expect(sizes.slice(0, -1).every((size) => size === limit)).toBe(true);
    });
  });
});

describe("token", () => {
  const token: ApiToken = {
    tokenId: "a1b2c3",
    name: "ci",
    roles: ["ingest", "read"],
    scopes: [parseScope("team:growth")],
    secretHash: "0".repeat(64),
    createdAt: instantFromEpochMs(start),
    expiresAt: instantFromEpochMs(start + 1000),
  };

  it("is found as it was stored, and is in the list", async () => {
    await putToken(table, token);
    expect(await findToken(table, "a1b2c3")).toEqual(token);
    expect((await listTokens(table, { limit: 10 })).items).toEqual([token]);
    expect(await findToken(table, "none")).toBeUndefined();
  });

  it("is revoked once: the first time stays", async () => {
    await putToken(table, token);
    const [first, later] = [instantFromEpochMs(start + 1), instantFromEpochMs(start + 2)];
    expect((await revokeToken(table, "a1b2c3", first))?.revokedAt).toBe(first);
    expect((await revokeToken(table, "a1b2c3", later))?.revokedAt).toBe(first);
    expect((await findToken(table, "a1b2c3"))?.revokedAt).toBe(first);
    expect(await revokeToken(table, "none", first)).toBeUndefined();
    expect(await findToken(table, "none")).toBeUndefined();
  });
});
