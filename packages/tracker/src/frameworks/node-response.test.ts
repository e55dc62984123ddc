import { type IncomingMessage, request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import express from "express";
import OpenAI from "openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ProviderServer, startProviderServer } from "../testing/index.ts";
import { testTracker } from "../testing/test-tracker.ts";
import { costTracking } from "./express.ts";
import { listening, type RunningApp } from "./testing/framework-suite.ts";

let provider: ProviderServer;
let app: RunningApp;

beforeEach(async () => {
  provider = await startProviderServer();
  const { tracker } = testTracker();
  const openai = tracker.wrap(new OpenAI({ apiKey: "sk-test", baseURL: provider.openAIUrl }));
  const ask = () =>
    openai.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content: "Hello" }] });
  const routes = express();
  routes.use(costTracking(tracker, { context: (incoming: express.Request) => ({ userId: incoming.ip }) }));
  routes.get("/streamed", async (_, response) => {
    response.write("first ");
    await ask();
    response.end("last");
  });
  routes.get("/sized", async (_, response) => {
    response.setHeader("content-length", 5);
    response.write("four ");
    await ask();
    response.end();
  });
  routes.get("/head", async (_, response) => {
    await ask();
    response.writeHead(201, "Made", { "x-own": "kept" }).end();
  });
  app = await listening(routes);
});
afterEach(async () => {
  await app.close();
  await provider.close();
});

async function get(path: string, headers: Record<string, string> = {}) {
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    request(`${app.url}${path}`, { headers, agent: false }, resolve).on("error", reject).end(),
  );
  let text = "";
  for await (const part of response) text += part;
  return { status: response.statusCode, headers: response.headers, trailers: response.trailers, text };
}

describe("a response whose calls come after its headers", () => {
  it("tells what they came to in its trailers, if the client takes some", async () => {
    const { text, headers, trailers } = await get("/streamed", { te: "trailers" });
    expect(text).toBe("first last");
    expect(headers).not.toHaveProperty("x-ai-usage-calls");
    expect(trailers).toEqual({
      "x-ai-usage-calls": "1",
      "x-ai-usage-input-tokens": "19",
      "x-ai-usage-output-tokens": "10",
    });
  });

  it.each([
    ["/streamed", {}, "first last"],
    ["/sized", { te: "trailers" }, "four "],
  ])("is as it was where it has no trailers: %s with %o", async (path, headers, text) => {
    const answer = await get(path, headers as Record<string, string>);
    expect([answer.text, answer.trailers]).toEqual([text, {}]);
  });
});

describe("a response with a head of its own", () => {
  it("keeps its status, its message and its headers", async () => {
    const { status, headers } = await get("/head");
    expect([status, headers["x-own"], headers["x-ai-usage-calls"]]).toEqual([201, "kept", "1"]);
  });

  it("goes on when its connection breaks", async () => {
    const sent = request(`${app.url}/streamed`, { agent: false }).on("error", () => {});
    sent.end();
    await new Promise<void>((resolve) => sent.on("response", () => resolve()));
    sent.destroy();
    await provider.arrived(1);
    await wait(0);
    expect((await get("/head")).status).toBe(201);
  });
});
