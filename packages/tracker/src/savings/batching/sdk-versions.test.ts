import Anthropic0 from "anthropic-sdk-0";
import OpenAI4 from "openai-4";
import OpenAI5 from "openai-5";
import OpenAI7 from "openai-7";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ProviderServer, startProviderServer } from "../../testing/provider-server/provider-server.ts";
import { anthropicBatches } from "./anthropic-batches.ts";
import { type BatchOptimizer, batchOptimizer } from "./batch-optimizer.ts";
import { openAIBatches } from "./openai-batches.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

async function answerTo<Request>(batches: BatchOptimizer<Request, unknown>, request: Request) {
  const answer = batches.add(request);
  await batches.flush();
  server.finishBatches();
  return answer;
}

const request = { model: "m", max_tokens: 9, messages: [{ role: "user" as const, content: "Good day" }] };

describe("batches", () => {
  it.each([
    ["4", OpenAI4],
    ["5", OpenAI5],
    ["7", OpenAI7],
  ])("are made with version %s of openai", async (_, OpenAI) => {
    const client = new OpenAI({ apiKey: "k", baseURL: server.openAIUrl, maxRetries: 0 });
    const provider = openAIBatches({ client, endpoint: "/v1/chat/completions" });
    const batches = batchOptimizer({ provider, pollEveryMs: 1 });
    expect(await answerTo(batches, request)).toMatchObject({ object: "chat.completion", model: "m" });
  });

  it("are made with version 0 of @anthropic-ai/sdk", async () => {
    const client = new Anthropic0({ apiKey: "k", baseURL: server.url, maxRetries: 0 });
    const provider = anthropicBatches<Anthropic0.MessageCreateParamsNonStreaming>({ client });
    const batches = batchOptimizer({ provider, pollEveryMs: 1 });
    expect(await answerTo(batches, request)).toMatchObject({ type: "message", model: "m" });
  });
});
