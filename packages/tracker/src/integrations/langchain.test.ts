import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { ChatOpenAI } from "@langchain/openai";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { withUsageContext } from "../context/usage-context.ts";
import { type ProviderServer, startProviderServer } from "../testing/index.ts";
import { testTracker } from "../testing/test-tracker.ts";
import { type UsageHandlerOptions, usageHandler } from "./langchain.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterEach(() => server.reset());
afterAll(() => server.close());

const usage = { input: 5, cachedInput: 7, output: 11, reasoning: 13 };
const counted = { input: 5, cache_read: 7, output: 11, reasoning: 13 };
const question = "the secret of the sphinx";

function setting(options: UsageHandlerOptions = {}) {
  const { tracker, metrics } = testTracker();
  const recorded = async () => {
    await tracker.flush();
    return metrics;
  };
  const fields = {
    model: "gpt-4o",
    apiKey: "key",
    maxRetries: 0,
    configuration: { baseURL: server.openAIUrl },
    callbacks: [usageHandler(tracker, options)],
  };
  return { model: new ChatOpenAI(fields), fields, recorded };
}

describe("usageHandler with ChatOpenAI of LangChain", () => {
  it("records a run once, in its context", async () => {
    const { model, recorded } = setting();
    server.nextAnswer({ usage, serviceTier: "priority" });
    const message = await withUsageContext({ team: "growth" }, () => model.invoke(question));
    expect(message.content).toBe("Good day! How may I help?");
    const metrics = await recorded();
    expect(metrics).toHaveLength(1);
    expect(metrics[0]).toMatchObject({
      request_id: message.id,
      service: "openai",
      model: "gpt-4o",
      team: "growth",
      usage: counted,
    });
    expect(JSON.stringify(metrics)).not.toMatch(/sphinx|Good day/);
  });

  it("records a stream with its usage and the time to its first token", async () => {
    const { model, recorded } = setting();
    server.nextAnswer({ usage });
    let text = "";
    for await (const chunk of await model.stream(question)) text += chunk.content;
    expect(text).toBe("Good day! How may I help?");
    const metrics = await recorded();
    expect(metrics).toHaveLength(1);
    expect(metrics[0]).toMatchObject({ usage: counted, model: "gpt-4o" });
    expect(metrics[0]?.request_id).toMatch(/^chatcmpl-/);
    expect(metrics[0]?.time_to_first_token_ms).toBeTypeOf("number");
  });

  it("estimates where a stream tells no usage", async () => {
    const { fields, recorded } = setting();
    const model = new ChatOpenAI({ ...fields, streamUsage: false });
    for await (const _ of await model.stream(question));
    expect(await recorded()).toMatchObject([{ usage_estimated: true, usage: { output: 8 } }]);
  });

  it("records runs by the responses API", async () => {
    const { fields, recorded } = setting();
    const model = new ChatOpenAI({ ...fields, useResponsesApi: true });
    server.nextAnswer({ usage });
    await model.invoke(question);
    expect(await recorded()).toMatchObject([{ service: "openai", usage: counted }]);
  });

  it("records the model's run, and not that of the chain around it", async () => {
    const { model, fields, recorded } = setting();
    const chain = ChatPromptTemplate.fromTemplate("Tell {what}")
      .pipe(new ChatOpenAI({ ...fields, callbacks: [] }))
      .pipe(new StringOutputParser());
    const answer = await chain.invoke({ what: question }, { callbacks: fields.callbacks });
    expect(answer).toBe("Good day! How may I help?");
    await model.batch([question, question]);
    expect(await recorded()).toHaveLength(3);
  });

  it("records a run that fails, with the error's class", async () => {
    const { model, recorded } = setting();
    server.next({ kind: "error", status: 400 });
    await expect(model.invoke(question)).rejects.toThrow();
    const [metric, ...others] = await recorded();
    expect(others).toEqual([]);
    expect(metric).toMatchObject({ service: "openai", model: "gpt-4o", usage: {} });
    expect(metric?.error).toMatch(/Error$/);
  });

  it("records a stream that breaks, with what is estimated of it", async () => {
    const { model, recorded } = setting();
    server.next({ kind: "cut", at: { chunk: 4 } });
    const read = async () => {
      for await (const _ of await model.stream(question));
    };
    await expect(read()).rejects.toThrow();
    const metrics = await recorded();
    expect(metrics).toMatchObject([{ usage_estimated: true }]);
    expect(metrics[0]?.error).toBeDefined();
  });

  it("records a stream that was left, when another run begins later", async () => {
    const { model, recorded } = setting({ abandonedAfterMs: 0 });
    for await (const chunk of await model.stream(question)) if (chunk.content !== "") break;
    expect(await recorded()).toEqual([]);
    await model.invoke(question);
    const metrics = await recorded();
    expect(metrics).toHaveLength(2);
    expect(metrics[0]).toMatchObject({ usage_estimated: true });
    expect(metrics[1]).toMatchObject({ usage: { input: 19, output: 10 } });
  });
});
