import { execFileSync } from "node:child_process";
import fs, { mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fileTransport } from "./file-transport.ts";
import { syncSpool } from "./sync.ts";
import { aDelivery, endDeliveries, lineOf, segmentsIn } from "./testing/delivery-setting.ts";
import { type IngestServer, startIngestServer } from "./testing/ingest-server.ts";

let server: IngestServer;
beforeEach(async () => {
  server = await startIngestServer();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await endDeliveries();
  await server.close();
});

const down = () => ({ isStored: false, answer: { status: 503 } });

/** A file system of 64 kB, where this process may mount one. */
const small = mountSmall();
function mountSmall(): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), "small-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", directory], {
      stdio: "ignore",
    });
    return directory;
  } catch {
    rmdirSync(directory);
    return undefined;
  }
}

describe.skipIf(small === undefined)("a disk that is full", () => {
  const disk = small ?? "";
  afterEach(async () => {
    await endDeliveries();
    for (const name of fs.readdirSync(disk)) rmSync(join(disk, name), { recursive: true });
  });
  afterAll(() => {
    execFileSync("umount", [disk]);
    rmdirSync(disk);
  });

  it("costs no call, since memory takes what it does not", async () => {
    server.fate = down;
    const { delivery, add, ids, problems } = aDelivery(server, { spoolDirectory: disk });
    add(1_000);
    expect(delivery.statistics).toMatchObject({ recorded: 1_000, dropped: 0 });
    expect(problems).toMatchObject([
      { kind: "spool", error: { message: expect.stringMatching(/no space left/) } },
    ]);
    server.fate = () => ({});
    expect(await delivery.flush()).toMatchObject({ delivered: 1_000, waiting: 0 });
    expect([...server.stored.keys()]).toEqual(ids);
    expect(segmentsIn(disk)).toEqual([]);
  });

  it("is used again when there is room", async () => {
    let nowMs = Date.now();
    server.fate = down;
    const blocker = join(disk, "blocker");
    writeFileSync(blocker, Buffer.alloc(60_000));
    const { delivery, add } = aDelivery(server, { spoolDirectory: disk, now: () => nowMs });
    add(50);
    await delivery.flush();
    rmSync(blocker);
    nowMs += 60_000;
    // What memory alone had is written down after the next attempt that fails.
    await vi.waitFor(() => {
      const kept = segmentsIn(disk).map(
        (file) => fs.readFileSync(file, "utf8").trimEnd().split("\n").length - 1,
      );
      expect(kept.reduce((sum, count) => sum + count, 0)).toBe(50);
    });
    expect(await delivery.close({ timeoutMs: 0 })).toMatchObject({ waiting: 50, dropped: 0 });
  });

  it("leaves a half-written line that readers pass over", async () => {
    server.fate = down;
    const { delivery, add, ids } = aDelivery(server, { spoolDirectory: disk });
    add(1_000);
    const [torn = ""] = segmentsIn(disk).filter((file) => !fs.readFileSync(file, "utf8").endsWith("\n"));
    const whole = fs.readFileSync(torn, "utf8").split("\n").slice(1, -1);
    expect(whole.map((line) => JSON.parse(line).request_id)).toEqual(ids.slice(0, whole.length));
    server.fate = () => ({});
    expect(await delivery.flush()).toMatchObject({ delivered: 1_000 });
  });

  it("does not tear a file of metrics beyond the batch that it did not take", async () => {
    const transport = fileTransport({ path: join(disk, "metrics.jsonl") });
    const lines = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => lineOf(`a${from + index}`));
    await transport.send(lines(0, 100));
    await expect(transport.send(lines(100, 200))).rejects.toMatchObject({ reason: "unavailable" });
    fs.truncateSync(join(disk, "metrics.jsonl"), 40_000);
    await transport.send(lines(300, 1));
    const last = fs.readFileSync(join(disk, "metrics.jsonl"), "utf8").trimEnd().split("\n").at(-1);
    expect(JSON.parse(last ?? "")).toMatchObject({ request_id: "a300" });
  });
});

describe("a disk that cannot be written", () => {
  it.each(["ENOSPC", "EROFS", "EACCES", "EIO"])("with %s never throws, and costs no call", async (code) => {
    server.fate = down;
    const { delivery, add, ids, problems } = aDelivery(server);
    add(3);
    const broken = () => {
      throw Object.assign(new Error(`${code}: no more`), { code });
    };
    vi.spyOn(fs, "writeSync").mockImplementation(broken);
    vi.spyOn(fs, "openSync").mockImplementation(broken);
    add(300);
    expect(problems.map(({ kind, error }) => [kind, error.message])).toEqual([["spool", `${code}: no more`]]);
    server.fate = () => ({});
    expect(await delivery.flush()).toMatchObject({ delivered: 303, dropped: 0, waiting: 0 });
    expect([...server.stored.keys()]).toEqual(ids);
  });

  it("or cannot be there costs no call", async () => {
    const { delivery, add, problems } = aDelivery(server, { spoolDirectory: "/dev/null/spool" });
    add(10);
    expect(await delivery.flush()).toMatchObject({ delivered: 10, dropped: 0 });
    expect(problems).toMatchObject([{ kind: "spool" }]);
  });

  it("of somebody else is not written to", async () => {
    const foreign = mkdtempSync(join(tmpdir(), "spool-"));
    fs.chmodSync(foreign, 0o777);
    const { delivery, add, problems } = aDelivery(server, { spoolDirectory: foreign });
    add(1);
    expect(problems).toMatchObject([
      { kind: "spool", error: { message: expect.stringContaining("somebody else") } },
    ]);
    expect(segmentsIn(foreign)).toEqual([]);
    expect(await delivery.flush()).toMatchObject({ delivered: 1 });
    rmSync(foreign, { recursive: true });
  });
});

describe("a spool that holds as much as it may", () => {
  it("takes no more; memory does, as far as it goes, and the rest is dropped and told", async () => {
    server.fate = down;
    const { delivery, add, problems, spool } = aDelivery(server, {
      spoolBytesMax: 500_000,
      memoryLinesMax: 2_500,
    });
    add(10_000);
    const { dropped, waiting } = delivery.statistics;
    expect(dropped).toBeGreaterThan(3_000);
    expect(dropped + waiting).toBe(10_000);
    expect(problems.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["spool", "dropped"]));
    const bytes = segmentsIn(spool).reduce((sum, file) => sum + fs.statSync(file).size, 0);
    expect(bytes).toBeLessThan(900_000);
    server.fate = () => ({});
    expect(await delivery.flush()).toMatchObject({ delivered: waiting, waiting: 0 });
    expect(server.stored.size).toBe(waiting);
  });
});

describe("sync of a spool that is not there", () => {
  it("has nothing to do", async () => {
    const report = await syncSpool({
      directory: "/dev/null/spool",
      transport: fileTransport({ path: "/dev/null" }),
    });
    expect(report).toMatchObject({ delivered: 0, waiting: 0, running: 0 });
  });
});
