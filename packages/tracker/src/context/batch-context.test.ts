import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ProviderServer, startProviderServer } from "../testing/index.ts";
import { testTracker } from "../testing/test-tracker.ts";
import { type Batch, withBatchContext, withPartialFailures } from "./batch-context.ts";
import { currentUsageContext } from "./usage-context.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
beforeEach(() => server.reset());
afterAll(() => server.close());

function setting() {
  const { tracker, metrics } = testTracker();
  const openai = tracker.wrap(new OpenAI({ apiKey: "sk-test", baseURL: server.openAIUrl, maxRetries: 0 }));
  const ask = () =>
    openai.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content: "Hello" }] });
  return { tracker, metrics, ask };
}

const usage = { input: 100, cachedInput: 20, output: 7, reasoning: 3 };

describe("withBatchContext", () => {
  it("gives the calls of a batch one id, and adds them up while they come in", async () => {
    const { tracker, metrics, ask } = setting();
    server.always({ kind: "answer", usage });
    const seen: number[] = [];
    const id = await withBatchContext({ team: "growth" }, async (batch) => {
      for (let call = 0; call < 3; call += 1) {
        await ask();
        seen.push(batch.usage.calls);
      }
      expect(batch.usage).toEqual({ calls: 3, failed: 0, inputTokens: 360, outputTokens: 30 });
      return batch.batchId;
    });
    expect(seen).toEqual([1, 2, 3]);
    await tracker.flush();
    expect(id).toMatch(/^batch_[0-9a-f-]{36}$/);
    expect(metrics.map(({ batch_id, team }) => [batch_id, team])).toEqual(
      [1, 2, 3].map(() => [id, "growth"]),
    );
  });

  it("counts what failed", async () => {
    const { ask } = setting();
    server.next({ kind: "error", status: 500 });
    await withBatchContext({ batchId: "b-1" }, async (batch) => {
      await ask().catch(() => undefined);
      await ask();
      expect(batch.usage).toMatchObject({ calls: 2, failed: 1 });
    });
  });

  it("has a batch inside of another count in both", async () => {
    const { tracker, metrics, ask } = setting();
    let inner: Batch | undefined;
    const outer = await withBatchContext({ batchId: "outer" }, async (batch) => {
      await ask();
      await withBatchContext({ batchId: "inner" }, async (nested) => {
        inner = nested;
        await ask();
      });
      return batch;
    });
    expect([outer.usage.calls, inner?.usage.calls]).toEqual([2, 1]);
    await tracker.flush();
    expect(metrics.map(({ batch_id }) => batch_id)).toEqual(["outer", "inner"]);
  });
});

describe("withPartialFailures", () => {
  it("keeps the results of a batch in order, though some of its items fail", async () => {
    const { tracker, metrics, ask } = setting();
    const items = Array.from({ length: 20 }, (_, index) => index);
    const work = async (item: number) => {
      await ask();
      if (item % 5 === 3) throw new Error(`item ${item}`);
      return item * 2;
    };
    const {
      results,
      failures,
      usage: sum,
      batchId,
    } = await withPartialFailures(items, work, { batchId: "b-2" });
    expect(batchId).toBe("b-2");
    expect(results.map((result) => (result.status === "fulfilled" ? result.value : "failed"))).toEqual(
      items.map((item) => (item % 5 === 3 ? "failed" : item * 2)),
    );
    expect(failures.map(({ index, item, error }) => [index, item, (error as Error).message])).toEqual(
      [3, 8, 13, 18].map((item) => [item, item, `item ${item}`]),
    );
    expect(sum).toMatchObject({ calls: 20, failed: 0 });
    await tracker.flush();
    expect(new Set(metrics.map(({ batch_id }) => batch_id))).toEqual(new Set(["b-2"]));
  });

  it("works on as many items at a time as it may, and no more", async () => {
    let running = 0;
    let most = 0;
    const work = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
    };
    await withPartialFailures(new Array(30).fill(0), work, { concurrency: 4 });
    expect(most).toBe(4);
  });

  it("keeps what is thrown before anything is awaited, and opens a batch for every item", async () => {
    const { failures, results } = await withPartialFailures([1, 2], (item) => {
      if (item === 1) throw new TypeError("at once");
      return currentUsageContext().batchId;
    });
    expect(failures).toMatchObject([{ index: 0, error: { message: "at once" } }]);
    expect(results[1]).toMatchObject({ value: expect.stringMatching(/^batch_/) });
  });

  it.each([0, -1, 1.5])("does not take a concurrency of %s", async (concurrency) => {
    await expect(withPartialFailures([1], () => 1, { concurrency })).rejects.toThrow(RangeError);
  });
});
