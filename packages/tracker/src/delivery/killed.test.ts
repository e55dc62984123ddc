import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { httpTransport } from "./http-transport.ts";
import { syncSpool } from "./sync.ts";
import { segmentsIn, TOKEN } from "./testing/delivery-setting.ts";
import { type Fate, type IngestServer, startIngestServer } from "./testing/ingest-server.ts";

let server: IngestServer;
let spool: string;
beforeEach(async () => {
  server = await startIngestServer();
  spool = mkdtempSync(join(tmpdir(), "spool-"));
});
afterEach(async () => {
  await server.close();
  rmSync(spool, { recursive: true });
});

const child = fileURLToPath(new URL("./testing/recording-child.ts", import.meta.url));
const sync = () =>
  syncSpool({ directory: spool, transport: httpTransport({ apiUrl: server.url, token: TOKEN }) });

/** Kills an application when it has said of `calls` that they are recorded. @returns all that it has said so of */
async function recordedUntilKilled({ prefix, calls, size }: { prefix: string; calls: number; size: number }) {
  const args = ["--import", "tsx", child, server.url, spool, prefix, String(size)];
  const application = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const ids: string[] = [];
  createInterface({ input: application.stdout }).on("line", (id) => {
    if (id.startsWith(prefix)) ids.push(id);
    if (ids.length === calls) application.kill("SIGKILL");
  });
  const [, signal] = await once(application, "close");
  expect(signal).toBe("SIGKILL");
  return ids;
}

const faults: readonly [string, (index: number) => Fate][] = [
  ["takes all", () => ({})],
  ["is down", () => ({ isStored: false, answer: { status: 503 } })],
  ["stores and does not answer", () => ({ answer: "cut" })],
  [
    "does one thing and another",
    (index) => [{}, { answer: "cut" }, { isStored: false, answer: "cut" }][index % 3] as Fate,
  ],
];

describe("processes killed at any moment", () => {
  it.each(faults)("lose no call and count none twice when the other side %s", async (_, fate) => {
    server.fate = (_metrics, index) => fate(index);
    // Two of them share the spool; how far each gets is another every time.
    const ids = await Promise.all([
      recordedUntilKilled({ prefix: "a", calls: 1 + Math.floor(Math.random() * 2_000), size: 1 }),
      recordedUntilKilled({ prefix: "b", calls: 3_000, size: 100 }),
    ]);
    server.fate = () => ({});
    const report = await sync();
    expect(report).toMatchObject({ rejected: 0, waiting: 0, running: 0 });
    // A call that was recorded, and not yet said to be, may be there as well.
    const missing = ids.flat().filter((id) => !server.stored.has(id));
    expect({ missing, conflicts: server.conflicts }).toEqual({ missing: [], conflicts: [] });
    expect(segmentsIn(spool)).toEqual([]);
    expect(await sync()).toMatchObject({ delivered: 0 });
  });
});
