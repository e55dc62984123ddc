import fastify, { type FastifyRequest } from "fastify";
import { describe, expect, it } from "vitest";
import { currentUsageContext } from "../context/usage-context.ts";
import { testTracker } from "../testing/test-tracker.ts";
import { costTracking } from "./fastify.ts";
import { type ChatOrder, describeFramework, type StartApp } from "./testing/framework-suite.ts";

const start: StartApp<FastifyRequest> = async ({ tracker, options, work }) => {
  const app = fastify();
  await app.register(costTracking(tracker, options));
  app.post<{ Body: ChatOrder }>("/chats/:id", ({ body }) => work.chat(body));
  app.get("/plain", () => "plain");
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return { url, close: () => app.close() };
};

describeFramework<FastifyRequest>({
  name: "Fastify 5",
  start,
  userOf: ({ headers }) => headers["x-user"] as string | undefined,
});

describe("Fastify's own ways", () => {
  it("have the context in every hook and in all of the application", async () => {
    const { tracker } = testTracker();
    const app = fastify();
    const seen: (string | undefined)[] = [];
    const see = async () => void seen.push(currentUsageContext().feature);
    await app.register(costTracking(tracker));
    app.addHook("preParsing", see);
    app.addHook("preValidation", see);
    app.addHook("preHandler", see);
    app.addHook("onSend", see);
    await app.register(async (part) => {
      part.post("/part/:id", async () => {
        await see();
        return "done";
      });
    });
    const url = await app.listen({ host: "127.0.0.1", port: 0 });
    const body = JSON.stringify({ text: "x".repeat(100_000) });
    await fetch(`${url}/part/7`, { method: "POST", headers: { "content-type": "application/json" }, body });
    await app.close();
    expect(seen).toEqual(new Array(5).fill("/part/:id"));
  });
});
