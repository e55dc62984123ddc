import { getRequestListener } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { costTracking } from "./hono.ts";
import { describeFramework, listening, type StartApp } from "./testing/framework-suite.ts";

const start: StartApp<Context> = ({ tracker, options, work }) => {
  const app = new Hono();
  app.use(costTracking(tracker, options));
  app.post("/chats/:id", async (context) => context.json(await work.chat(await context.req.json())));
  app.get("/plain", (context) => context.text("plain"));
  return listening(getRequestListener(app.fetch));
};

describeFramework<Context>({ name: "Hono 4", start, userOf: ({ req }) => req.header("x-user") });
