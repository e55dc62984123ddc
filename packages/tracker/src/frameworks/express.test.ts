import { createRequire } from "node:module";
import express from "express";
import { costTracking, type ExpressRequest } from "./express.ts";
import { describeFramework, listening, type StartApp } from "./testing/framework-suite.ts";

const express4 = createRequire(import.meta.url)("express-4") as typeof express;

const started =
  (framework: typeof express): StartApp<ExpressRequest> =>
  ({ tracker, options, work }) => {
    const app = framework();
    // Before the body is read: what is read comes in another context.
    app.use(costTracking(tracker, options));
    app.use(framework.json());
    app.post("/chats/:id", async (request, response) => {
      response.json(await work.chat(request.body));
    });
    app.get("/plain", (_, response) => {
      response.send("plain");
    });
    return listening(app);
  };

const userOf = ({ headers }: ExpressRequest) => headers["x-user"] as string | undefined;

describeFramework({ name: "Express 5", start: started(express), userOf });
describeFramework({ name: "Express 4", start: started(express4), userOf });
