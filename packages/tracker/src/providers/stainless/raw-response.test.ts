import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { StreamGatherer } from "../../recording/call.ts";
import { type RawReader, watchRawResponse } from "./raw-response.ts";

const EVENTS = 'event: a\r\ndata: {"n":1}\r\n\r\ndata: {"n":"ä"}\n\ndata: [DONE]\n\ndata: {broken\n\n';

let server: Server;
let told: unknown[];
beforeAll(async () => {
  server = createServer((request, reply) => {
    const isJson = request.url === "/json";
    reply.setHeader("content-type", isJson ? "application/json" : "text/event-stream");
    // Byte by byte: characters and lines come apart.
    for (const byte of Buffer.from(isJson ? '{"text":"ä"}' : EVENTS)) reply.write(Buffer.from([byte]));
    if (request.url === "/cut") setImmediate(() => reply.destroy());
    else reply.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
afterEach(() => expect(told.filter((one) => one !== "token")).toHaveLength(1));

async function watched(path: string): Promise<Response> {
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
  told = [];
  watchRawResponse(response, readerOf(told));
  return response;
}

function readerOf(log: unknown[]): RawReader {
  const seen: unknown[] = [];
  const gatherer: StreamGatherer = { see: (event) => seen.push(event) > 0, answer: () => seen };
  return {
    gatherer: () => gatherer,
    firstToken: () => log.push("token"),
    plain: (answer) => log.push({ answer }),
    streamed: (all, endedEarly) => log.push({ events: all.answer(), endedEarly }),
    broken: (_error, all) => log.push({ broken: all?.answer() ?? "nothing" }),
    forgotten: () => log.push("forgotten"),
  };
}

const bytesOf = async (body: ReadableStream<Uint8Array> | null): Promise<string> => {
  const parts: Uint8Array[] = [];
  for await (const part of body as unknown as AsyncIterable<Uint8Array>) parts.push(part);
  return Buffer.concat(parts).toString();
};

const TOLD = expect.arrayContaining([{ events: [{ n: 1 }, { n: "ä" }], endedEarly: false }]);

describe("a raw response", () => {
  it.each(["json", "text", "arrayBuffer", "blob"] as const)(
    "is told when it is read by %s()",
    async (name) => {
      const response = await watched("/json");
      await response[name]();
      await new Promise((resolve) => setImmediate(resolve));
      expect(response.bodyUsed).toBe(true);
      expect(told).toEqual([{ answer: { text: "ä" } }]);
    },
  );

  it("is told when its bytes are read", async () => {
    const response = await watched("/events");
    expect(response.body).toBe(response.body);
    expect(await bytesOf(response.body)).toBe(EVENTS);
    expect(told).toEqual(TOLD);
  });

  it("can be read into the caller's own memory", async () => {
    const { body } = await watched("/events");
    const reader = body?.getReader({ mode: "byob" });
    let text = "";
    for (;;) {
      const read = await reader?.read(new Uint8Array(7));
      if (read === undefined || read.done) break;
      text += Buffer.from(read.value).toString("latin1");
    }
    expect(Buffer.from(text, "latin1").toString()).toBe(EVENTS);
    expect(told).toEqual(TOLD);
  });

  it("can be asked for its body and read otherwise then", async () => {
    const response = await watched("/json");
    expect(response.body).not.toBeNull();
    expect(response.bodyUsed).toBe(false);
    expect(await response.json()).toEqual({ text: "ä" });
  });

  it("is told when a copy of it is read", async () => {
    const response = await watched("/events");
    expect(await response.clone().text()).toBe(EVENTS);
    expect(told).toEqual(TOLD);
  });

  it("is told when it is left", async () => {
    const response = await watched("/events");
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    expect(told).toEqual([
      ...told.filter((one) => one === "token"),
      expect.objectContaining({ endedEarly: true }),
    ]);
  });

  it("is told when it breaks, with the same error", async () => {
    const response = await watched("/cut");
    await expect(bytesOf(response.body)).rejects.toThrow(/terminated|other side closed/);
    expect(told.at(-1)).toEqual({ broken: expect.any(Array) });
  });
});
