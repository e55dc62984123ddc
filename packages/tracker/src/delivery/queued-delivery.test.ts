import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { memoryTransport } from "./memory-transport.ts";
import { aDelivery, endDeliveries, lineOf, segmentsIn } from "./testing/delivery-setting.ts";
import { type Fate, type IngestServer, problem, startIngestServer } from "./testing/ingest-server.ts";
import type { Transport } from "./transport.ts";

let server: IngestServer;
beforeEach(async () => {
  server = await startIngestServer();
});
afterEach(async () => {
  await endDeliveries();
  await server.close();
});

const sizes = () => server.batches.map(({ metrics }) => metrics.length);
const down: Fate = { isStored: false, answer: { status: 503 } };

describe("delivery", () => {
  it("sends what there is in one batch, and leaves nothing in the spool", async () => {
    const { delivery, add, ids, spool } = aDelivery(server);
    add(150);
    expect(segmentsIn(spool)).toHaveLength(1);
    const statistics = await delivery.flush();
    expect(statistics).toMatchObject({ recorded: 150, delivered: 150, waiting: 0 });
    expect(sizes()).toEqual([150]);
    expect([...server.stored.keys()]).toEqual(ids);
    expect(segmentsIn(spool)).toEqual([]);
  });

  it("sends by itself after a while, or when there is enough", async () => {
    const after = aDelivery(server, { flushAfterMs: 5 });
    after.add(3);
    await vi.waitFor(() => expect(after.delivery.statistics.delivered).toBe(3));
    const enough = aDelivery(server, { flushAfterMs: 1_000_000, flushAfterLines: 50 });
    for (let index = 0; index < 50; index += 1) enough.delivery.add(lineOf(`other-${index}`));
    await vi.waitFor(() => expect(enough.delivery.statistics.delivered).toBe(50));
  });

  it("has each metric on disk when it has taken it", () => {
    const { add, spool, ids } = aDelivery(server);
    add(5);
    const [file = ""] = segmentsIn(spool);
    const [header, ...lines] = readFileSync(file, "utf8").trimEnd().split("\n");
    expect(JSON.parse(header ?? "")).toMatchObject({ ai_usage_spool: 1, clock: "as-is" });
    expect(lines.map((line) => JSON.parse(line).request_id)).toEqual(ids);
  });

  it("takes no more than memory holds where there is no disk, and tells what it dropped", async () => {
    server.fate = () => down;
    const { delivery, add, problems } = aDelivery(server, { spoolDirectory: false, memoryLinesMax: 100 });
    add(250);
    expect(delivery.statistics).toMatchObject({ recorded: 250, dropped: 150, waiting: 100 });
    server.fate = () => ({});
    expect(await delivery.close()).toMatchObject({ delivered: 100, dropped: 150, waiting: 0 });
    const told = problems.filter(({ kind }) => kind === "dropped");
    expect(told.reduce((sum, { count = 0 }) => sum + count, 0)).toBe(150);
  });

  it("keeps in memory what has its turn soon, and of the rest the file alone", async () => {
    const { delivery, add, ids } = aDelivery(server, { memoryLinesMax: 4_000 });
    add(10_500);
    expect(delivery.statistics).toMatchObject({ waiting: 10_500, spilled: 9_000 });
    expect(await delivery.flush()).toMatchObject({ delivered: 10_500, spilled: 0 });
    expect([...server.stored.keys()]).toEqual(ids);
  });

  it("uses no disk for a transport without a destination", () => {
    const { delivery, spool } = aDelivery(server, {
      transport: memoryTransport(),
      spoolDirectory: undefined,
    });
    delivery.add(lineOf("a"));
    expect(segmentsIn(spool)).toEqual([]);
  });

  it("takes nothing after its end, and says so", async () => {
    const { delivery, add, problems } = aDelivery(server);
    await delivery.close();
    add(1);
    expect(delivery.statistics).toMatchObject({ recorded: 1, dropped: 1 });
    expect(problems).toMatchObject([{ kind: "dropped", count: 1 }]);
  });

  it("bears a transport that throws anything, and an application that throws when it is told", async () => {
    const transport: Transport = {
      name: "broken",
      send: () => {
        throw "no error";
      },
    };
    const onProblem = vi.fn(() => {
      throw new Error("from the application");
    });
    const { delivery, add } = aDelivery(server, { transport, onProblem });
    add(3);
    expect(await delivery.flush()).toMatchObject({ waiting: 3 });
    expect(onProblem).toHaveBeenCalled();
  });
});

describe("delivery to a side that is down", () => {
  it("tries again, and counts once what was stored without an answer", async () => {
    server.fate = (_, index) => (index < 3 ? { answer: "cut" } : {});
    const { delivery, add, ids, problems } = aDelivery(server);
    add(20);
    expect(await delivery.flush()).toMatchObject({ delivered: 20, waiting: 0 });
    expect(sizes()).toEqual([20, 20, 20, 20]);
    expect([...server.stored.keys()]).toEqual(ids);
    expect({ problems, conflicts: server.conflicts }).toEqual({ problems: [], conflicts: [] });
  });

  it("gives up to wait after five failures, keeps all, and sends it when it is back", async () => {
    server.fate = () => down;
    const { delivery, add, problems } = aDelivery(server);
    add(20);
    expect(await delivery.flush()).toMatchObject({ waiting: 20, delivered: 0 });
    expect(problems[0]).toMatchObject({ kind: "delivery", count: 20 });
    expect(server.batches).toHaveLength(5);
    server.fate = () => ({});
    await vi.waitFor(() => expect(delivery.statistics).toMatchObject({ delivered: 20, waiting: 0 }));
  });

  it("is not back before the other side has said", async () => {
    const headers = { "retry-after": "3600" };
    server.fate = () => ({ isStored: false, answer: { status: 429, headers } });
    const { delivery, add } = aDelivery(server);
    add(1);
    await delivery.flush();
    add(1);
    expect(await delivery.flush()).toMatchObject({ waiting: 2 });
    expect(server.batches).toHaveLength(1);
  });

  it("loses nothing to a token that is not accepted", async () => {
    server.fate = () => ({ isStored: false, answer: { status: 403 } });
    const { delivery, add, problems } = aDelivery(server);
    add(5);
    expect(await delivery.flush()).toMatchObject({ waiting: 5, rejected: 0 });
    expect(problems).toMatchObject([
      { kind: "delivery", count: 5, error: { message: expect.stringContaining("token was not accepted") } },
    ]);
    server.fate = () => ({});
    expect(await delivery.flush()).toMatchObject({ delivered: 5 });
  });

  it("leaves to the next process what it could not send, and drops what is in memory alone", async () => {
    server.fate = () => down;
    const onDisk = aDelivery(server);
    onDisk.add(5);
    expect(await onDisk.delivery.close()).toMatchObject({ waiting: 5, dropped: 0 });
    expect(segmentsIn(onDisk.spool)).toHaveLength(1);
    const inMemory = aDelivery(server, { spoolDirectory: false });
    inMemory.add(5);
    expect(await inMemory.delivery.close()).toMatchObject({ waiting: 0, dropped: 5 });
    expect(inMemory.problems).toContainEqual(expect.objectContaining({ kind: "dropped", count: 5 }));
  });
});

describe("delivery of what is not taken", () => {
  it("sends less at once where a batch is too large, from then on", async () => {
    server.fate = (metrics) => (metrics.length > 40 ? { isStored: false, answer: { status: 413 } } : {});
    const { delivery, add, ids } = aDelivery(server);
    add(100);
    expect(await delivery.flush()).toMatchObject({ delivered: 100 });
    expect(sizes()).toEqual([100, 50, 25, 25, 25, 25]);
    expect([...server.stored.keys()]).toEqual(ids);
  });

  it("finds the one that spoils a batch, and delivers all others", async () => {
    server.fate = (metrics) =>
      metrics.some(({ request_id }) => request_id === "call-37")
        ? { isStored: false, answer: problem(400, "(body) must be UTF-8") }
        : {};
    const { delivery, add, ids } = aDelivery(server);
    add(100);
    expect(await delivery.flush()).toMatchObject({ delivered: 99, rejected: 1, waiting: 0 });
    expect([...server.stored.keys()]).toEqual(ids.filter((id) => id !== "call-37"));
  });

  it("keeps what is refused for good where it can be looked at, and tells it once", async () => {
    const { delivery, add, spool, problems } = aDelivery(server);
    add(2);
    delivery.add(lineOf("bad-1"));
    expect(await delivery.flush()).toMatchObject({ delivered: 2, rejected: 1 });
    const [{ kind, count, error } = { kind: "", count: 0, error: new Error() }, ...more] = problems;
    expect({ kind, count, more }).toEqual({ kind: "rejected", count: 1, more: [] });
    const [, directory = ""] = /kept in (.*)$/.exec(error.message) ?? [];
    expect(directory.startsWith(spool)).toBe(true);
    const kept = JSON.parse(readFileSync(join(directory, "rejected.jsonl"), "utf8"));
    expect(kept).toMatchObject({ rejected: "is wrong", field: "x", metric: { request_id: "bad-1" } });
  });

  it("tells a conflict with what was never sent, and takes one with what may have been for delivered", async () => {
    await fetch(`${server.url}/ai_usage`, { method: "POST", body: `{"metrics":[${lineOf("call-0", 1)}]}` });
    const told = aDelivery(server);
    told.add(1);
    expect(await told.delivery.flush()).toMatchObject({ delivered: 0, rejected: 1 });
    const taken = aDelivery(server);
    server.fate = (_, index) => (index === 2 ? { isStored: false, answer: "cut" } : {});
    taken.add(1);
    expect(await taken.delivery.flush()).toMatchObject({ delivered: 1, rejected: 0 });
  });
});

describe("delivery by a wrong clock", () => {
  const HOURS_3 = 3 * 3_600_000;

  it.each([
    ["ahead", HOURS_3],
    ["behind", -HOURS_3],
  ])("of 3 hours %s stores each call once, at its time by the other side's clock", async (_, ourAheadMs) => {
    const right = await startIngestServer({ clockAheadMs: -ourAheadMs });
    right.fate = (_metrics, index) => (index < 2 ? { answer: "cut" } : {});
    const { delivery, add, ids } = aDelivery(right);
    add(20);
    expect(await delivery.flush()).toMatchObject({ delivered: 20, rejected: 0 });
    await right.close();
    expect([...right.stored.keys()]).toEqual(ids);
    expect(right.conflicts).toEqual([]);
    const now = Date.now() - ourAheadMs;
    for (const { timestamp } of right.stored.values())
      expect(Math.abs(Date.parse(timestamp ?? "") - now)).toBeLessThan(120_000);
  });

  it("is found out by the answers where nobody can be asked, and no call is lost", async () => {
    const right = await startIngestServer({ clockAheadMs: -HOURS_3 });
    const { clockAheadMs: _, ...transport } = bareTransport(right.url);
    const { delivery, add, ids } = aDelivery(right, { transport });
    add(700);
    expect(await delivery.flush()).toMatchObject({ delivered: 700, rejected: 0 });
    await right.close();
    expect(new Set(right.stored.keys())).toEqual(new Set(ids));
    expect(right.conflicts).toEqual([]);
  });

  it("of the time when a call was made, right by now, moves it to the present", async () => {
    const { delivery } = aDelivery(server);
    delivery.add(lineOf("a", Date.now() + HOURS_3));
    expect(await delivery.flush()).toMatchObject({ delivered: 1 });
    const at = Date.parse(server.stored.get("a")?.timestamp ?? "");
    expect(Math.abs(at - Date.now())).toBeLessThan(60_000);
  });
});

/** Over HTTP, and without a way to ask for the time. */
function bareTransport(url: string): Transport {
  return {
    name: "bare",
    send: async (lines) => {
      const body = `{"metrics":[${lines.join(",")}]}`;
      const response = await fetch(`${url}/ai_usage`, { method: "POST", body });
      const { results } = (await response.json()) as {
        results: { status: string; error?: { field: string; message: string } }[];
      };
      const outcomes = results.map(({ status, error }) =>
        error === undefined || status === "conflict"
          ? ({ status: status === "conflict" ? "conflict" : "stored" } as const)
          : ({
              status: "rejected",
              message: error.message,
              field: error.field.replace(/^.*\./, ""),
            } as const),
      );
      return { outcomes, clockAheadMs: Date.parse(response.headers.get("date") ?? "") - Date.now() };
    },
  };
}
