import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileTransport } from "./file-transport.ts";
import { httpTransport } from "./http-transport.ts";
import { lambdaTransport } from "./lambda-transport.ts";
import { memoryTransport } from "./memory-transport.ts";
import { lineOf, TOKEN } from "./testing/delivery-setting.ts";
import { type Fate, type IngestServer, problem, startIngestServer } from "./testing/ingest-server.ts";
import { STORED, type Transport, TransportError } from "./transport.ts";

let server: IngestServer;
let directory: string;
beforeEach(async () => {
  server = await startIngestServer();
  directory = mkdtempSync(join(tmpdir(), "transport-"));
});
afterEach(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

const overHttp = () => httpTransport({ apiUrl: server.url, token: TOKEN });
const overLambda = () =>
  lambdaTransport({
    functionName: "ingest",
    client: new LambdaClient({
      endpoint: server.url,
      region: "eu-central-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
    }),
  });
const path = () => join(directory, "metrics.jsonl");
const linesOfFile = () => readFileSync(path(), "utf8").trimEnd().split("\n");
const storedLines = () => [...server.stored.values()].map((metric) => JSON.stringify(metric));

interface Kind {
  readonly name: string;
  readonly make: () => Transport;
  readonly arrived: (transport: Transport) => readonly string[];
}
const kinds: Kind[] = [
  { name: "http", make: overHttp, arrived: storedLines },
  { name: "lambda", make: overLambda, arrived: storedLines },
  { name: "file", make: () => fileTransport({ path: path() }), arrived: linesOfFile },
  {
    name: "memory",
    make: memoryTransport,
    arrived: (transport) =>
      (transport as ReturnType<typeof memoryTransport>).metrics.map((one) => JSON.stringify(one)),
  },
];

describe.each(kinds)("transport $name", ({ name, make, arrived }) => {
  it("delivers metrics as they are, and tells the outcome of each", async () => {
    const transport = make();
    const lines = Array.from({ length: 500 }, (_, index) => lineOf(`é${index}`));
    const { outcomes } = await transport.send(lines);
    expect(outcomes).toEqual(lines.map(() => STORED));
    expect(arrived(transport)).toEqual(lines);
    expect(transport.name).toBe(name);
  });
});

const overNetwork = kinds.slice(0, 2);

describe.each(overNetwork)("transport $name", ({ make }) => {
  const failing = async (fate: Fate): Promise<TransportError> => {
    server.fate = () => ({ isStored: false, ...fate });
    const error: unknown = await make()
      .send([lineOf("a")])
      .catch((thrown: unknown) => thrown);
    if (error instanceof TransportError) return error;
    throw new Error(`no TransportError but ${String(error)}`);
  };

  it("says of what was stored before that it is stored, and what is wrong with the rest", async () => {
    const transport = make();
    await transport.send([lineOf("a", 1)]);
    const { outcomes } = await transport.send([lineOf("a", 1), lineOf("a", 2), lineOf("bad")]);
    expect(outcomes).toEqual([
      STORED,
      { status: "conflict" },
      { status: "rejected", field: "x", message: "is wrong" },
    ]);
  });

  it.each<[string, Fate, string]>([
    ["a connection that is cut", { answer: "cut" }, "unavailable"],
    ["500", { answer: { status: 500 } }, "unavailable"],
    ["429", { answer: { status: 429 } }, "unavailable"],
    ["403", { answer: { status: 403 } }, "misconfigured"],
    ["404", { answer: { status: 404 } }, "misconfigured"],
    ["413", { answer: { status: 413 } }, "too_large"],
    ["400 of somebody else", { answer: { status: 400 } }, "misconfigured"],
    ["an answer that is none of ours", { answer: { status: 200, body: { hello: 1 } } }, "misconfigured"],
  ])("tells %s", async (_, fate, reason) => {
    const error = await failing(fate);
    expect(error.reason).toBe(reason);
    expect(error.message).not.toContain(TOKEN);
  });
});

describe("transport lambda", () => {
  it("reads a problem document as what it is", async () => {
    server.fate = () => ({ answer: { status: 200, body: problem(400, "(body) must be JSON").body } });
    await expect(overLambda().send([lineOf("a")])).rejects.toMatchObject({
      reason: "refused",
      message: "(body) must be JSON",
    });
  });

  it("tells a function that failed, and nothing of what it said", async () => {
    const headers = { "x-amz-function-error": "Unhandled" };
    server.fate = () => ({ answer: { status: 200, headers, body: { errorMessage: "secret" } } });
    await expect(overLambda().send([lineOf("a")])).rejects.toMatchObject({
      reason: "unavailable",
      message: "the function failed (Unhandled)",
    });
  });
});

describe("transport http", () => {
  it("sends at most 0.3 kB a call, compressed", async () => {
    const lines = Array.from({ length: 200 }, (_, index) => lineOf(`chatcmpl-${index * 7919}`));
    await overHttp().send(lines);
    const [batch] = server.batches;
    expect(batch?.encoding).toBe("gzip");
    expect((batch?.bytes ?? Number.NaN) / lines.length).toBeLessThan(100);
  });

  it.each([415, 400])("goes on without compression where the answer to it is %i", async (status) => {
    server.fate = (_, index) =>
      index === 0 ? { isStored: false, answer: problem(status, "identity only") } : {};
    const transport = overHttp();
    const lines = Array.from({ length: 20 }, (_, index) => lineOf(`a${index}`));
    await transport.send(lines);
    await transport.send(lines);
    expect(server.batches.map(({ encoding }) => encoding)).toEqual(["gzip", undefined, undefined]);
    expect(server.stored.size).toBe(20);
  });

  it("says how long the other side wants to be left alone", async () => {
    const headers = { "retry-after": "7" };
    server.fate = () => ({ isStored: false, answer: { status: 429, headers } });
    await expect(overHttp().send([lineOf("a")])).rejects.toMatchObject({ retryAfterMs: 7_000 });
  });

  it("gives up an answer that does not come", async () => {
    server.fate = () => ({ answer: "none" });
    const silent = httpTransport({ apiUrl: server.url, token: TOKEN, timeoutMs: 20 });
    await expect(silent.send([lineOf("a")])).rejects.toMatchObject({
      reason: "unavailable",
      message: expect.stringContaining("no answer within 0.02 s"),
    });
  });

  it("tells how far the other side's clock is ahead", async () => {
    const ahead = await startIngestServer({ clockAheadMs: 3 * 3_600_000 });
    const transport = httpTransport({ apiUrl: ahead.url, token: TOKEN });
    const asked = await transport.clockAheadMs?.();
    const { clockAheadMs } = await transport.send([lineOf("a")]);
    await ahead.close();
    for (const ms of [asked, clockAheadMs]) expect(Math.abs((ms ?? 0) - 3 * 3_600_000)).toBeLessThan(60_000);
  });

  it.each([
    ["ftp://example.org", TOKEN],
    ["example.org", TOKEN],
    ["https://example.org", "aiu_x\naiu_y"],
  ])("refuses the address %s or its token at once, and does not show the token", (apiUrl, token) => {
    expect(() => httpTransport({ apiUrl, token })).toThrow(TypeError);
    expect(() => httpTransport({ apiUrl, token })).not.toThrow("aiu_");
  });
});

describe("transport file", () => {
  it("makes the directory that it is in", async () => {
    const transport = fileTransport({ path: join(directory, "new", "metrics.jsonl") });
    await expect(transport.send([lineOf("a")])).rejects.toMatchObject({ reason: "unavailable" });
    await transport.send([lineOf("a", 1)]);
    expect(readFileSync(join(directory, "new", "metrics.jsonl"), "utf8")).toBe(`${lineOf("a", 1)}\n`);
  });
});
