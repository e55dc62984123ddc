import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { httpTransport } from "./http-transport.ts";
import { syncSpool } from "./sync.ts";
import { segmentsIn, TOKEN } from "./testing/delivery-setting.ts";
import { type IngestServer, startIngestServer } from "./testing/ingest-server.ts";

let server: IngestServer;
let spool: string;
beforeEach(async () => {
  server = await startIngestServer();
  spool = mkdtempSync(join(tmpdir(), "process-end-"));
});
afterEach(async () => {
  await server.close();
  rmSync(spool, { recursive: true });
});

const child = fileURLToPath(new URL("./testing/short-child.ts", import.meta.url));
/** @returns what it was told of, when it has ended by itself with code 0 */
async function ended(...args: readonly string[]): Promise<string> {
  const run = promisify(execFile);
  return (await run(process.execPath, ["--import", "tsx", child, server.url, ...args])).stdout;
}

describe("a process that comes to its end", () => {
  it.each([["with a spool"], ["without one"]])("%s has sent what it recorded", async (kind) => {
    expect(await ended(...(kind === "with a spool" ? [spool] : []))).toBe("");
    expect([...server.stored.keys()]).toEqual(["a", "b", "c"]);
    expect(segmentsIn(spool)).toEqual([]);
  });

  it("is not held up by a side that is down, and leaves all to sync", async () => {
    server.fate = () => ({ isStored: false, answer: { status: 503 } });
    expect(await ended(spool)).toMatch(/^(delivery 3\n)+$/);
    server.fate = () => ({});
    const transport = httpTransport({ apiUrl: server.url, token: TOKEN });
    const { delivered, directory } = await syncSpool({ directory: spool, transport });
    await transport.close?.();
    expect(delivered).toBe(3);
    expect(readdirSync(directory)).toEqual(["destination"]);
  });

  it("tells what is lost with it where there is no spool", async () => {
    server.fate = () => ({ isStored: false, answer: { status: 503 } });
    // How often it could be tried until then is a matter of how fast the machine is.
    expect(await ended()).toMatch(/^(delivery 3\n)+dropped 3\n$/);
  });
});
