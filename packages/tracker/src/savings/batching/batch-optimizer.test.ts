import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withUsageContext } from "../../context/usage-context.ts";
import { type ProviderServer, startProviderServer } from "../../testing/provider-server/provider-server.ts";
import { testTracker } from "../../testing/test-tracker.ts";
import { anthropicBatches } from "./anthropic-batches.ts";
import { type BatchOptimizerOptions, batchOptimizer } from "./batch-optimizer.ts";
import { BatchRequestError } from "./batch-provider.ts";
import { openAIBatches } from "./openai-batches.ts";

type ChatRequest = OpenAI.ChatCompletionCreateParamsNonStreaming;
type MessageRequest = Anthropic.MessageCreateParamsNonStreaming;

let server: ProviderServer;
beforeEach(async () => {
  server = await startProviderServer();
});
afterEach(() => server.close());

const chat = (content = "Good day", model = "gpt-4o-mini"): ChatRequest => ({
  model,
  messages: [{ role: "user", content }],
});
const message = (content = "Good day"): MessageRequest => ({
  model: "claude-sonnet-4-5",
  max_tokens: 100,
  messages: [{ role: "user", content }],
});

const newOpenAI = () => new OpenAI({ apiKey: "k", baseURL: server.openAIUrl, maxRetries: 0 });
const newAnthropic = () => new Anthropic({ apiKey: "k", baseURL: server.url, maxRetries: 0 });

type Options = Partial<BatchOptimizerOptions<ChatRequest, OpenAI.ChatCompletion>>;

function openAIOptimizer(options: Options = {}, client = newOpenAI(), tracker = testTracker().tracker) {
  const provider = openAIBatches<ChatRequest, OpenAI.ChatCompletion>({
    client,
    endpoint: "/v1/chat/completions",
    tracker,
  });
  return batchOptimizer({ provider, pollEveryMs: 1, ...options });
}

const sent = (path: string) =>
  server.requests.filter((one) => one.method === "POST" && one.path === path).length;

/** Settled when so many batches have been sent. */
async function batchesSent(count: number, path = "/v1/batches"): Promise<void> {
  while (sent(path) < count) await server.arrived(server.requests.length + 1);
}

describe("batchOptimizer", () => {
  it("has OpenAI answer what was added in one batch, and a request that failed fails alone", async () => {
    const batches = openAIOptimizer({ maxRequests: 3 });
    const answers = Promise.allSettled([
      batches.add(chat("a"), { customId: "first" }),
      batches.add(chat("b"), { customId: "bad" }),
      batches.add(chat("c"), { customId: "third" }),
    ]);
    await batchesSent(1);
    server.finishBatches({ failing: ["bad"], answer: { text: "Hello" } });
    const [first, bad, third] = await answers;
    expect(first).toMatchObject({ value: { choices: [{ message: { content: "Hello" } }] } });
    expect(third).toMatchObject({ status: "fulfilled" });
    expect(bad).toMatchObject({
      status: "rejected",
      reason: { name: "BatchRequestError", status: "failed", code: "invalid_request_error" },
    });
    expect(sent("/v1/batches")).toBe(1);
  });

  it("records each call once, for whoever added it", async () => {
    const { tracker, metrics } = testTracker();
    const batches = openAIOptimizer({ maxRequests: 2 }, tracker.wrap(newOpenAI()), tracker);
    const answers = ["ada", "bob"].map((userId) =>
      withUsageContext({ userId }, () => batches.add(chat(), { customId: userId })),
    );
    await batchesSent(1);
    server.finishBatches();
    await Promise.all(answers);
    await tracker.flush();
    expect(metrics.map(({ user_id, served, batch_id }) => ({ user_id, served, batch_id }))).toEqual(
      ["ada", "bob"].map((user_id) => ({
        user_id,
        served: { tier: "batch" },
        batch_id: expect.stringMatching(/^batch_/),
      })),
    );
  });

  it("sends one batch for each model of OpenAI's, after a time at the latest", async () => {
    const batches = openAIOptimizer({ flushAfterMs: 1 });
    const answers = [batches.add(chat()), batches.add(chat("a", "gpt-4o")), batches.add(chat("b"))];
    await batchesSent(2);
    server.finishBatches();
    const models = (await Promise.all(answers)).map(({ model }) => model);
    expect(models).toEqual(["gpt-4o-mini", "gpt-4o", "gpt-4o-mini"]);
    expect(sent("/v1/files")).toBe(2);
  });

  it("tells what it saved, to the last digit, and of how many requests it cannot tell", async () => {
    const batches = openAIOptimizer({
      pricesOf: (model) =>
        model === "gpt-4o-mini"
          ? {
              standard: { input: "0.00000015", output: "0.0000006" },
              batch: { input: "0.000000075", output: "0.0000003" },
            }
          : undefined,
    });
    const answers = [batches.add(chat()), batches.add(chat("b", "unknown"))];
    await batches.flush();
    server.finishBatches();
    await Promise.all(answers);
    // 19 × 0.00000015 + 10 × 0.0000006, and half of it
    expect(batches.savings()).toEqual({
      priced: 1,
      standardUsd: "0.00000885",
      batchUsd: "0.000004425",
      savedUsd: "0.000004425",
      unpriced: 1,
    });
  });

  it("gives the results of a batch that another process began", async () => {
    let begun = "";
    const stop = new AbortController();
    const onBatch = ({ batchId }: { batchId: string }) => {
      begun = batchId;
    };
    const before = openAIOptimizer({ onBatch, signal: stop.signal });
    const lost = ["good", "bad"].map((customId) => before.add(chat(), { customId }));
    await before.flush();
    stop.abort(new Error("the process ends"));
    for (const one of await Promise.allSettled(lost))
      expect(one).toMatchObject({ reason: { message: "the process ends" } });
    const results = openAIOptimizer().resume(begun);
    server.finishBatches({ failing: ["bad"] });
    expect(await results).toEqual(
      new Map<string, unknown>([
        ["good", expect.objectContaining({ status: "succeeded", model: "gpt-4o-mini" })],
        ["bad", { status: "failed", error: expect.any(BatchRequestError) }],
      ]),
    );
  });

  it("fails all of a batch that cannot be sent, or is cancelled, and none of the next", async () => {
    const batches = openAIOptimizer({ maxRequests: 1 });
    server.next({ kind: "error", status: 400 });
    await expect(batches.add(chat())).rejects.toMatchObject({ status: 400 });
    const answer = batches.add(chat());
    await batchesSent(1);
    const client = newOpenAI();
    let id: string | undefined;
    while (id === undefined) {
      await server.arrived(server.requests.length + 1);
      id = server.requests.find(({ path }) => path.startsWith("/v1/batches/"))?.path.split("/")[3];
    }
    await client.batches.cancel(id);
    await expect(answer).rejects.toMatchObject({ name: "BatchRequestError", status: "cancelled" });
  });

  it("asks again while the API is away, and gives up where that is of no use", async () => {
    const problems: unknown[] = [];
    const batches = openAIOptimizer({ onProblem: (error) => problems.push(error) });
    const answer = batches.add(chat());
    await batches.flush();
    server.next({ kind: "error", status: 503 }, { kind: "cut", at: "before_headers" });
    while (problems.length < 2) await server.arrived(server.requests.length + 1);
    server.finishBatches();
    expect((await answer).model).toBe("gpt-4o-mini");
    await expect(batches.resume("batch_nobody_knows")).rejects.toMatchObject({ status: 404 });
  });

  it("does not send what was given up before, and does not wait for what is given up later", async () => {
    const batches = openAIOptimizer();
    const [early, late] = [new AbortController(), new AbortController()];
    const withdrawn = batches.add(chat("a"), { customId: "a", signal: early.signal });
    const left = batches.add(chat("b"), { customId: "b", signal: late.signal });
    const kept = batches.add(chat("c"), { customId: "c" });
    early.abort();
    await expect(withdrawn).rejects.toMatchObject({ name: "AbortError" });
    await batches.flush();
    late.abort();
    await expect(left).rejects.toMatchObject({ name: "AbortError" });
    const file = server.requests.find(({ path }) => path === "/v1/files")?.body.file as { bytes: Uint8Array };
    const lines = Buffer.from(file.bytes).toString().trim().split("\n");
    expect(lines.map((line) => JSON.parse(line).custom_id)).toEqual(["b", "c"]);
    server.finishBatches();
    expect((await kept).model).toBe("gpt-4o-mini");
  });

  it("begins a new batch where one is full by its bytes, and refuses what cannot be", async () => {
    const provider = openAIBatches<ChatRequest>({ client: newOpenAI(), endpoint: "/v1/chat/completions" });
    const batches = batchOptimizer({ provider: { ...provider, maxBytes: 400 }, pollEveryMs: 1 });
    const answers = ["a", "b", "c"].map((customId) => batches.add(chat("x".repeat(40)), { customId }));
    await batches.flush();
    await batchesSent(2);
    await expect(batches.add(chat("x".repeat(400)))).rejects.toThrow(RangeError);
    await expect(batches.add(chat(), { customId: "not a name" })).rejects.toThrow(RangeError);
    const twice = [1, 2].map(() => batches.add(chat(), { customId: "same" }));
    await expect(twice[1]).rejects.toThrow(RangeError);
    await batches.flush();
    server.finishBatches();
    expect(await Promise.all([...answers, twice[0]])).toHaveLength(4);
  });

  it("counts the texts of requests for embeddings", () => {
    const { weightOf } = openAIBatches({ client: newOpenAI(), endpoint: "/v1/embeddings" });
    const weights = ["text", ["a", "b"], [1, 2, 3], [[1], [2]]].map((input) => weightOf({ input }));
    expect(weights).toEqual([1, 2, 1, 2]);
  });
});

describe("batchOptimizer with Anthropic", () => {
  it.each([
    ["wrapped", true],
    ["bare", false],
  ])("records each call once, for whoever added it, by a client that is %s", async (_, isWrapped) => {
    const { tracker, metrics } = testTracker();
    const client = isWrapped ? tracker.wrap(newAnthropic()) : newAnthropic();
    const provider = anthropicBatches<MessageRequest, Anthropic.Message>({ client, tracker });
    const batches = batchOptimizer({ provider, pollEveryMs: 1 });
    const answers = Promise.allSettled(
      ["good", "bad"].map((team) =>
        withUsageContext({ team }, () => batches.add(message(), { customId: team })),
      ),
    );
    await batches.flush();
    server.finishBatches({ failing: ["bad"] });
    expect(await answers).toMatchObject([
      { value: { content: [{ type: "text" }] } },
      { reason: { status: "failed", code: "invalid_request_error" } },
    ]);
    await tracker.flush();
    expect(metrics).toMatchObject([
      { team: "good", served: { tier: "batch" }, model: "claude-sonnet-4-5" },
      { team: "bad", error: "invalid_request_error" },
    ]);
  });

  it("leaves recording to a client that is wrapped, where it has no tracker", async () => {
    const { tracker, metrics } = testTracker();
    const client = tracker.wrap(newAnthropic());
    const provider = anthropicBatches<MessageRequest>({ client });
    const batches = batchOptimizer({ provider, pollEveryMs: 1 });
    const answer = batches.add(message());
    await batches.flush();
    server.finishBatches();
    await answer;
    await tracker.flush();
    expect(metrics).toHaveLength(1);
  });

  it("tells requests that expired or were cancelled from others that failed", async () => {
    const { batches } = newAnthropic().messages;
    Object.assign(batches, {
      retrieve: async () => ({ id: "b", processing_status: "ended" }),
      results: async () => linesThatEnded("expired", "canceled", "errored"),
    });
    const read = batchOptimizer({ provider: anthropicBatches({ client: { messages: { batches } } }) });
    const statuses = [...(await read.resume("b")).values()].map(({ status }) => status);
    expect(statuses).toEqual(["expired", "cancelled", "failed"]);
  });
});

async function* linesThatEnded(...types: readonly string[]) {
  for (const type of types) yield { custom_id: type, result: { type } };
}
