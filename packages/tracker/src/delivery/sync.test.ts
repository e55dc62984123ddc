import fs, {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { httpTransport } from "./http-transport.ts";
import { headerLine } from "./segment-file.ts";
import { spoolPlace } from "./spool-directory.ts";
import { syncLines, syncSpool } from "./sync.ts";
import { aDelivery, endDeliveries, lineOf, segmentsIn, TOKEN } from "./testing/delivery-setting.ts";
import { type IngestServer, startIngestServer } from "./testing/ingest-server.ts";

let server: IngestServer;
let spool: string;
beforeEach(async () => {
  server = await startIngestServer();
  spool = mkdtempSync(join(tmpdir(), "spool-"));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await endDeliveries();
  await server.close();
  rmSync(spool, { recursive: true, force: true });
});

const transport = () => httpTransport({ apiUrl: server.url, token: TOKEN });
const sync = () => syncSpool({ directory: spool, transport: transport(), backOff: { firstMs: 1, maxMs: 2 } });
/** No process has it: it is beyond what any system gives. */
const NO_PID = 2 ** 30;
const host = hostname().replaceAll(/[^A-Za-z0-9_-]/g, "_");
let owners = 0;

/** What an owner that ended has left: one segment with this in it. */
function leave(text: string, { owner = `${host}.${NO_PID}.1.a${++owners}` } = {}): string {
  const place = spoolPlace(spool, transport());
  const directory = join(place.directory, owner);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(place.directory, "destination"), place.destination);
  writeFileSync(join(directory, "00000001.jsonl"), text);
  return directory;
}

const header = headerLine({ opened_at: "2026-11-21T12:00:00.000Z", clock: "as-is" });

describe("sync of a spool", () => {
  it("sends what ended processes left, and leaves nothing", async () => {
    leave(`${header}${lineOf("a")}\n${lineOf("b")}\n`);
    leave(`${header}${lineOf("c")}\n`);
    expect(await sync()).toMatchObject({ delivered: 3, torn: 0, waiting: 0, running: 0, elsewhere: [] });
    expect([...server.stored.keys()].sort()).toEqual(["a", "b", "c"]);
    expect(readdirSync(spoolPlace(spool, transport()).directory)).toEqual(["destination"]);
  });

  it.each([
    ["a half-written line", `${header}${lineOf("a")}\n${lineOf("b").slice(0, 40)}`, ["a"], 1],
    ["no end of the last line", `${header}${lineOf("a")}\n${lineOf("b")}`, ["a", "b"], 0],
    ["a half-written header", header.slice(0, 30), [], 1],
    ["nothing", "", [], 0],
    ["no header", `${lineOf("a")}\n`, ["a"], 0],
  ])("reads a file with %s", async (_, text, ids, torn) => {
    leave(text);
    expect(await sync()).toMatchObject({ delivered: ids.length, torn });
    expect([...server.stored.keys()]).toEqual(ids);
    expect(segmentsIn(spool)).toEqual([]);
  });

  it("sends each call once where several sync at once", async () => {
    for (let index = 0; index < 30; index += 1) leave(`${header}${lineOf(`a${index}`)}\n`);
    const reports = await Promise.all([sync(), sync(), sync()]);
    expect(reports.reduce((sum, { delivered }) => sum + delivered, 0)).toBe(30);
    expect({ stored: server.stored.size, conflicts: server.conflicts }).toEqual({
      stored: 30,
      conflicts: [],
    });
  });

  it("leaves to a running process, here or elsewhere, what is its own", async () => {
    leave(`${header}${lineOf("a")}\n`, { owner: `${host}.${process.pid}.1.a` });
    const elsewhere = leave(`${header}${lineOf("b")}\n`, { owner: `elsewhere.1.1.b` });
    expect(await sync()).toMatchObject({ delivered: 0, running: 2 });
    const hourAgo = Date.now() / 1000 - 3600;
    utimesSync(elsewhere, hourAgo, hourAgo);
    expect(await sync()).toMatchObject({ delivered: 1, running: 1 });
  });

  it("keeps what it cannot send, for the next time", async () => {
    leave(`${header}${lineOf("a")}\n`);
    leave(`${header}${lineOf("b")}\n`);
    server.fate = () => ({ isStored: false, answer: { status: 403 } });
    const report = await sync();
    expect(report).toMatchObject({ delivered: 0, waiting: 2, failure: { reason: "misconfigured" } });
    server.fate = () => ({});
    // What it had claimed is a running process's, until this one ends.
    for (const name of readdirSync(report.directory).filter((one) => one !== "destination"))
      fs.renameSync(join(report.directory, name), join(report.directory, `${host}.${NO_PID}.2.${++owners}`));
    expect(await sync()).toMatchObject({ delivered: 2, waiting: 0 });
  });

  it("tells what is refused, and keeps it beside the spool", async () => {
    leave(`${header}${lineOf("bad")}\n${lineOf("a")}\n`);
    const report = await sync();
    expect(report).toMatchObject({
      delivered: 1,
      rejected: 1,
      rejections: [{ field: "x", message: "is wrong" }],
    });
    expect(readFileSync(join(report.directory, "rejected.jsonl"), "utf8")).toContain('"request_id":"bad"');
  });

  it("sends nothing that is for another destination, and names it", async () => {
    leave(`${header}${lineOf("a")}\n`);
    const other = await startIngestServer();
    const report = await syncSpool({
      directory: spool,
      transport: httpTransport({ apiUrl: other.url, token: TOKEN }),
    });
    await other.close();
    expect(report).toMatchObject({ delivered: 0, elsewhere: [server.url] });
    expect(other.stored.size).toBe(0);
  });

  it("corrects a clock that is off once, on disk before it is sent", async () => {
    const right = await startIngestServer({ clockAheadMs: -3 * 3_600_000 });
    await server.close();
    server = right;
    leave(`${header}${lineOf("a")}\n`);
    const kept: string[] = [];
    right.fate = () => {
      kept.push(readFileSync(segmentsIn(spool)[0] ?? "", "utf8"));
      return {};
    };
    expect(await sync()).toMatchObject({ delivered: 1 });
    const [first = "", line = ""] = (kept[0] ?? "").split("\n");
    expect(JSON.parse(first)).toMatchObject({ clock: "corrected" });
    expect(JSON.parse(line)).toEqual(right.stored.get("a"));
  });
});

describe("a running process", () => {
  it("takes over what others left, besides its own", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "setInterval"] });
    const { delivery, add } = aDelivery(server, { spoolDirectory: spool });
    leave(`${header}${lineOf("left")}\n`);
    vi.advanceTimersByTime(60_000);
    vi.useRealTimers();
    await vi.waitFor(() => expect(delivery.statistics).toMatchObject({ recorded: 0, adopted: 1 }));
    add(1);
    expect(await delivery.flush()).toMatchObject({ delivered: 1, adopted: 1 });
  });

  it("leaves to others what they took over while it slept", async () => {
    server.fate = () => ({ isStored: false, answer: { status: 503 } });
    const { delivery, add } = aDelivery(server, { spoolDirectory: spool, memoryLinesMax: 1 });
    add(1500);
    await delivery.flush();
    const { directory } = spoolPlace(spool, transport());
    for (const name of readdirSync(directory).filter((one) => one !== "destination"))
      rmSync(join(directory, name), { recursive: true });
    server.fate = () => ({});
    const { delivered, handedOver, waiting } = await delivery.flush();
    expect({ total: delivered + handedOver, waiting }).toEqual({ total: 1500, waiting: 0 });
    expect(handedOver).toBeGreaterThan(0);
    add(1);
    expect(await delivery.flush()).toMatchObject({ waiting: 0 });
  });
});

describe("sync of lines", () => {
  async function* lines(...all: string[]) {
    yield* all;
  }

  it("takes a file's lines and those of what was rejected, and counts the half-written ones", async () => {
    const rejected = `{"rejected":"no","metric":${lineOf("b", 1)}}`;
    const report = await syncLines(lines(lineOf("a"), "", '{"half', rejected), { transport: transport() });
    expect(report).toMatchObject({ delivered: 2, torn: 1, rejected: 0, waiting: 0 });
    expect(server.stored.get("b")).toEqual(JSON.parse(lineOf("b", 1)));
  });

  it("counts what was sent before as delivered, and tells a conflict", async () => {
    const once = () => syncLines(lines(lineOf("a", 1)), { transport: transport() });
    await once();
    expect(await once()).toMatchObject({ delivered: 1, rejected: 0 });
    const other = await syncLines(lines(lineOf("a", 2)), { transport: transport() });
    expect(other).toMatchObject({ delivered: 0, rejected: 1, rejections: [{ field: "request_id" }] });
  });

  it("shows how far it is", async () => {
    const shown: number[] = [];
    const many = Array.from({ length: 1_200 }, (_, index) => lineOf(`a${index}`));
    await syncLines(lines(...many), { transport: transport(), onProgress: (done) => shown.push(done) });
    expect(shown).toEqual([500, 1_000, 1_200]);
  });
});
