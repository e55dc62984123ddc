import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { trackerInMemory } from "../testing/same-as-bare.ts";

const USAGE = { input_tokens: 19, output_tokens: 10, total_tokens: 29 };

function response(id: string, status: string): object {
  const usage = status === "completed" ? USAGE : null;
  return {
    id,
    object: "response",
    background: true,
    status,
    usage,
    model: "gpt-5",
    output: [],
    created_at: 1_795_000_000,
  };
}

/** Answers as the Responses API does for one that is made in the background: it is final when it is asked for the second time. */
function startBackground(): Server {
  let asked = 0;
  return createServer((request, reply) => {
    const id = request.url?.split("/")[3] ?? "resp_background00";
    request.resume();
    request.on("end", () => {
      if (request.method === "GET") asked += 1;
      const status = request.method === "POST" ? "queued" : asked === 1 ? "in_progress" : "completed";
      reply.setHeader("content-type", "application/json");
      reply.end(JSON.stringify(response(id, status)));
    });
  });
}

let server: Server;
beforeAll(async () => {
  server = startBackground();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const newClient = () =>
  new OpenAI({ apiKey: "k", baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` });

describe("responses in the background", () => {
  it("count once they are complete, whichever client asks, and never again", async () => {
    const { tracker, metrics } = trackerInMemory();
    const client = tracker.wrap(newClient());
    const { id } = await client.responses.create({ model: "gpt-5", input: "Say hello", background: true });
    await client.responses.retrieve(id);
    expect(metrics).toEqual([]);
    await tracker.wrap(newClient()).responses.retrieve(id);
    await client.responses.retrieve(id);
    expect(metrics).toEqual([
      expect.objectContaining({
        request_id: id,
        operation: "responses",
        model: "gpt-5",
        usage: { input: 19, output: 10 },
        latency_ms: expect.any(Number),
      }),
    ]);
  });

  it("that another process began follow from the response alone", async () => {
    const metrics = await Promise.all(
      [1, 2].map(async () => {
        const process = trackerInMemory();
        await process.tracker.wrap(newClient()).responses.retrieve("resp_elsewhere000");
        return process.metrics;
      }),
    );
    expect(metrics[0]).toEqual(metrics[1]);
    expect(metrics[0]).toEqual([
      expect.objectContaining({
        request_id: "resp_elsewhere000",
        timestamp: new Date(1_795_000_000_000).toISOString(),
        usage: { input: 19, output: 10 },
      }),
    ]);
    expect(metrics[0]?.[0]).not.toHaveProperty("latency_ms");
  });
});
