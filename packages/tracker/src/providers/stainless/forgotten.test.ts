import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ProviderServer, startProviderServer } from "../../testing/provider-server/provider-server.ts";
import { trackerInMemory } from "../testing/same-as-bare.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const MESSAGES = [{ role: "user" as const, content: "Say hello" }];
const ASKED = { model: "gpt-4o-mini", messages: MESSAGES };

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

const FORGETFUL: Readonly<Record<string, (client: OpenAI) => Promise<unknown>>> = {
  "a stream that is never read": async (client) => {
    await client.chat.completions.create({ ...ASKED, stream: true });
  },
  "a stream whose reader goes away": async (client) => {
    const stream = await client.chat.completions.create({ ...ASKED, stream: true });
    await stream[Symbol.asyncIterator]().next();
  },
  "a response of which only the headers are looked at": async (client) => {
    const { status } = await client.chat.completions.create(ASKED).asResponse();
    expect(status).toBe(200);
  },
  "an answer that nobody waits for": async (client) => {
    void client.chat.completions.create(ASKED);
    await server.arrived(1);
  },
};

describe("an answer that is forgotten", () => {
  it.each(Object.entries(FORGETFUL))("is recorded: %s", async (_name, forget) => {
    server.reset();
    const { tracker, metrics } = trackerInMemory();
    await forget(tracker.wrap(new OpenAI({ apiKey: "k", baseURL: server.openAIUrl, maxRetries: 0 })));
    while (metrics.length === 0) {
      collect();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(metrics).toEqual([
      expect.objectContaining({
        operation: "chat.completions",
        usage_estimated: true,
        requested: { model: "gpt-4o-mini" },
      }),
    ]);
  });

  it("is not taken for forgotten while its stream is read", async () => {
    server.reset();
    server.next({ kind: "slow", free: 4 });
    const { tracker, metrics } = trackerInMemory();
    const client = tracker.wrap(new Anthropic({ apiKey: "k", baseURL: server.url }));
    const asked = { model: "claude-sonnet-5-5", max_tokens: 9, messages: MESSAGES, stream: true } as const;
    let seen = 0;
    for await (const _event of await client.messages.create(asked)) {
      seen += 1;
      if (seen === 3) {
        for (let time = 0; time < 3; time += 1) {
          collect();
          await new Promise((resolve) => setImmediate(resolve));
        }
        expect(metrics).toEqual([]);
        server.release(Number.POSITIVE_INFINITY);
      }
    }
    expect(metrics).toHaveLength(1);
    expect(metrics[0]).not.toHaveProperty("usage_estimated");
  });
});
