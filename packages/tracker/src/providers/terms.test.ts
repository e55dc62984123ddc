import { BedrockRuntime } from "@aws-sdk/client-bedrock-runtime";
import { GoogleGenAI } from "@google/genai";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { CallTerms } from "../recording/call.ts";
import { type ProviderServer, startProviderServer } from "../testing/index.ts";
import { testTracker } from "../testing/test-tracker.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterEach(() => server.reset());
afterAll(() => server.close());

const refusal = new Error("used up");

/** Decides later, as a budget does of which nothing is known yet. */
function setting(terms: CallTerms | "refused") {
  const { tracker, metrics } = testTracker({
    gate: {
      enter: async () => {
        if (terms === "refused") throw refusal;
        return { terms, done: () => {} };
      },
      close: async () => {},
    },
  });
  const google = tracker.wrap(new GoogleGenAI({ apiKey: "key", httpOptions: { baseUrl: server.url } }));
  const bedrock = tracker.wrap(
    new BedrockRuntime({
      endpoint: server.url,
      region: "us-east-1",
      credentials: { accessKeyId: "id", secretAccessKey: "key" },
      requestHandler: new NodeHttpHandler(),
    }),
  );
  const recorded = async () => {
    await tracker.flush();
    return metrics;
  };
  return { tracker, google, bedrock, recorded };
}

const asking = { model: "gemini-2.5-pro", contents: "Hello", config: { temperature: 0 } };
const converse = {
  modelId: "amazon.nova-pro-v1:0",
  messages: [{ role: "user" as const, content: [{ text: "Hello" }] }],
};

describe("what budgets make of a call", () => {
  it("changes what is sent to Gemini, and nothing of the caller's", async () => {
    const { google, recorded } = setting({ model: "gemini-2.5-flash", outputTokensMax: 50 });
    const before = structuredClone(asking);
    await google.models.generateContent(asking);
    expect(asking).toEqual(before);
    expect(server.requests).toMatchObject([
      {
        path: "/v1beta/models/gemini-2.5-flash:generateContent",
        body: { generationConfig: { maxOutputTokens: 50, temperature: 0 } },
      },
    ]);
    expect(await recorded()).toMatchObject([
      { model: "gemini-2.5-flash", requested: { model: "gemini-2.5-pro" } },
    ]);
  });

  it("changes what is sent to Bedrock, and nothing of the caller's", async () => {
    const { bedrock, recorded } = setting({ model: "amazon.nova-lite-v1:0", outputTokensMax: 50 });
    const before = structuredClone(converse);
    await bedrock.converse(converse);
    expect(converse).toEqual(before);
    const [request] = server.requests;
    expect(decodeURIComponent(request?.path ?? "")).toBe("/model/amazon.nova-lite-v1:0/converse");
    expect(request?.body).toMatchObject({ inferenceConfig: { maxTokens: 50 } });
    const { stream = [] } = await bedrock.converseStream(converse);
    for await (const _ of stream);
    const expected = { model: "amazon.nova-lite-v1:0", requested: { model: "amazon.nova-pro-v1:0" } };
    expect(await recorded()).toMatchObject([expected, expected]);
  });

  it("sends the body for an invoked model to no other maker's model", async () => {
    const { bedrock, recorded } = setting({ model: "amazon.nova-lite-v1:0" });
    const body = JSON.stringify({ messages: [] });
    await bedrock.invokeModel({ modelId: "amazon.nova-pro-v1:0", body });
    await bedrock.invokeModel({ modelId: "meta.llama3-70b-instruct-v1:0", body });
    expect((await recorded()).map(({ model }) => model)).toEqual([
      "amazon.nova-lite-v1:0",
      "meta.llama3-70b-instruct-v1:0",
    ]);
  });

  it("refuses before anything is sent, and nothing is recorded", async () => {
    const { tracker, google, bedrock, recorded } = setting("refused");
    await expect(google.models.generateContent(asking)).rejects.toBe(refusal);
    await expect(google.models.generateContentStream(asking).then((stream) => stream.next())).rejects.toBe(
      refusal,
    );
    await expect(bedrock.converse(converse)).rejects.toBe(refusal);
    const tracked = tracker.track({ service: "acme", operation: "forge" }, async () => 1);
    await expect(tracked()).rejects.toBe(refusal);
    expect(server.requests).toEqual([]);
    expect(await recorded()).toEqual([]);
  });
});
