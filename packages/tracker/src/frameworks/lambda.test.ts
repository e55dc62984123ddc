import { PassThrough } from "node:stream";
import type { APIGatewayProxyEventV2, APIGatewayProxyResultV2, Context, SQSEvent } from "aws-lambda";
import OpenAI from "openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { currentUsageContext } from "../context/usage-context.ts";
import { createTracker } from "../create-tracker.ts";
import { memoryTransport } from "../delivery/memory-transport.ts";
import { type ProviderServer, startProviderServer } from "../testing/index.ts";
import { testTracker } from "../testing/test-tracker.ts";
import { UsageRefusedError, withUsage } from "./lambda.ts";

let provider: ProviderServer;
beforeEach(async () => {
  provider = await startProviderServer();
});
afterEach(() => provider.close());

/** As API Gateway's HTTP APIs send it, with what is looked at. */
const httpEvent = (user = "ada") =>
  ({
    version: "2.0",
    routeKey: "POST /chats/{id}",
    rawPath: "/chats/42",
    rawQueryString: "",
    headers: { "content-type": "application/json" },
    requestContext: {
      routeKey: "POST /chats/{id}",
      stage: "$default",
      http: { method: "POST", path: "/chats/42" },
      authorizer: { jwt: { claims: { sub: user }, scopes: [] } },
    },
    isBase64Encoded: false,
  }) as unknown as APIGatewayProxyEventV2;

const invocation = (leftMs = 3_000) =>
  ({ functionName: "summaries", getRemainingTimeInMillis: () => leftMs }) as Context;

const asking = (tracker: ReturnType<typeof testTracker>["tracker"]) => {
  const openai = tracker.wrap(new OpenAI({ apiKey: "sk-test", baseURL: provider.openAIUrl, maxRetries: 0 }));
  return () =>
    openai.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content: "Hello" }] });
};

const refusing = { admit: () => ({ allowed: false, status: 402 }) as const };

describe("withUsage", () => {
  it("attributes the calls of a request, tells what they came to, and sends them before it answers", async () => {
    const { tracker, metrics } = testTracker();
    const ask = asking(tracker);
    const handler = withUsage(
      tracker,
      async (_: APIGatewayProxyEventV2, __: Context) => {
        await ask();
        return { statusCode: 200, headers: { "x-own": "kept" }, body: "done" };
      },
      {
        context: ({ requestContext }) => {
          const { authorizer } = requestContext as unknown as {
            authorizer: { jwt: { claims: { sub: string } } };
          };
          return { userId: authorizer.jwt.claims.sub };
        },
      },
    );
    expect(await handler(httpEvent(), invocation())).toEqual({
      statusCode: 200,
      headers: {
        "x-own": "kept",
        "x-ai-usage-calls": "1",
        "x-ai-usage-input-tokens": "19",
        "x-ai-usage-output-tokens": "10",
      },
      body: "done",
    });
    expect(metrics).toMatchObject([{ user_id: "ada", feature: "/chats/:id" }]);
  });

  it("leaves results alone that are no HTTP responses, and names the feature after the function", async () => {
    const { tracker, metrics } = testTracker();
    const ask = asking(tracker);
    const handler = withUsage(tracker, async (event: SQSEvent, _: Context) => {
      await ask();
      return { batchItemFailures: [], count: event.Records.length };
    });
    expect(await handler({ Records: [] }, invocation())).toEqual({ batchItemFailures: [], count: 0 });
    expect(metrics).toMatchObject([{ feature: "summaries" }]);
  });

  it("sends what was metered though the handler fails, and passes its error on", async () => {
    const { tracker, metrics } = testTracker();
    const ask = asking(tracker);
    const handler = withUsage(tracker, async () => {
      await ask();
      throw new TypeError("the handler's own");
    });
    await expect(handler()).rejects.toThrow(new TypeError("the handler's own"));
    expect(metrics).toHaveLength(1);
  });

  it("answers in time though the other side does not", async () => {
    const silent = { ...memoryTransport(), send: () => new Promise<never>(() => {}) };
    const tracker = createTracker({ env: {}, transport: silent, onProblem: () => {} });
    const ask = asking(tracker);
    const handler = withUsage(
      tracker,
      async (_: object, __: Context) => {
        await ask();
        return "done";
      },
      { flush: { timeoutMs: 20 } },
    );
    expect(await handler({}, invocation())).toBe("done");
    const hurried = withUsage(tracker, async (_: object, __: Context) => "done", {
      flush: { timeoutMs: 3_600_000 },
    });
    expect(await hurried({}, invocation(150))).toBe("done");
  });

  it("answers 402 to a request that the budget has no room for, without running the handler", async () => {
    const { tracker } = testTracker();
    let runs = 0;
    const handler = withUsage(
      tracker,
      async (_: APIGatewayProxyEventV2, __: Context): Promise<APIGatewayProxyResultV2> => {
        runs += 1;
        return { statusCode: 200 };
      },
      { budget: refusing },
    );
    const answer = (await handler(httpEvent(), invocation())) as { body: string };
    expect(answer).toMatchObject({
      statusCode: 402,
      headers: { "content-type": "application/problem+json" },
    });
    expect(JSON.parse(answer.body)).toMatchObject({ status: 402, title: "Budget exhausted" });
    expect(runs).toBe(0);
  });

  it("fails an event that is no request and that the budget has no room for", async () => {
    const handler = withUsage(testTracker().tracker, async (_: SQSEvent) => "done", { budget: refusing });
    await expect(handler({ Records: [] })).rejects.toThrow(UsageRefusedError);
  });

  it("has a streaming handler stream, and be known for one", async () => {
    const { tracker, metrics } = testTracker();
    const ask = asking(tracker);
    const streaming = Symbol.for("aws.lambda.runtime.handler.streaming");
    const own = async (_: object, stream: PassThrough, __: Context) => {
      stream.write("first ");
      await ask();
      stream.end(currentUsageContext().feature);
    };
    const handler = withUsage(tracker, Object.assign(own, { [streaming]: "response" }));
    expect(handler[streaming as keyof typeof handler]).toBe("response");
    const stream = new PassThrough();
    await handler(httpEvent(), stream, invocation());
    expect(stream.read().toString()).toBe("first /chats/:id");
    expect(metrics).toHaveLength(1);
  });

  it("is the handler itself when tracking is switched off", () => {
    const tracker = createTracker({ env: { TRACK_AI_USAGE: "false" } });
    const handler = async () => "done";
    expect(withUsage(tracker, handler)).toBe(handler);
  });
});
