import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { segmentsIn } from "./testing/delivery-setting.ts";

const CALLS = 1_000_000;
/** A fifth of what the calls themselves would take. */
const HEAP_MB = 64;
const child = fileURLToPath(new URL("./testing/million-child.ts", import.meta.url));

/** Stores nothing but how often each number came. */
function countingServer() {
  const seen = new Uint8Array(CALLS);
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    if (incoming.method !== "POST") return void outgoing.end();
    const bytes = Buffer.concat(chunks);
    const isGzip = incoming.headers["content-encoding"] === "gzip";
    const ids = String(isGzip ? gunzipSync(bytes) : bytes).matchAll(/"request_id":"(\d+)"/g);
    const results = Array.from(ids, ([, id]) => {
      seen[Number(id)] = (seen[Number(id)] ?? 0) + 1;
      return { request_id: id, status: "recorded" };
    });
    outgoing.end(JSON.stringify({ results }));
  });
  // Down means that it hangs up at once: a port that is let go may be another's when it is wanted back.
  const counting = { seen, isDown: true };
  server.on("connection", (socket) => counting.isDown && socket.destroy());
  const listen = () =>
    new Promise<number>((resolve) =>
      server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)),
    );
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return Object.assign(counting, { listen, close });
}

describe("a million calls while the other side is down", () => {
  const spool = mkdtempSync(join(tmpdir(), "spool-"));
  const server = countingServer();
  let kill = (): unknown => undefined;
  afterAll(async () => {
    kill();
    await server.close();
    rmSync(spool, { recursive: true });
  });

  it("stay within a small heap, are all on disk, and arrive once each when it is back", async () => {
    const port = await server.listen();
    const args = [`--max-old-space-size=${HEAP_MB}`, "--import", "tsx", child];
    const application = spawn(process.execPath, [...args, `http://127.0.0.1:${port}`, spool, String(CALLS)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    kill = () => application.kill("SIGKILL");
    const lines = createInterface({ input: application.stdout })[Symbol.asyncIterator]();
    const said = async () => JSON.parse((await lines.next()).value ?? "null");

    expect(await said()).toMatchObject({ recorded: CALLS, waiting: CALLS, dropped: 0 });
    expect(segmentsIn(spool).length).toBeGreaterThan(900);
    server.isDown = false;
    application.stdin.write("\n");
    expect(await said()).toMatchObject({ delivered: CALLS, waiting: 0, dropped: 0, rejected: 0 });
    expect(server.seen.every((times) => times === 1)).toBe(true);
    expect(segmentsIn(spool)).toEqual([]);
  }, 120_000);
});
