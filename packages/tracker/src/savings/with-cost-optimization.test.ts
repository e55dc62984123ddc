import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ProviderServer, startProviderServer } from "../testing/provider-server/provider-server.ts";
import { memoryStore } from "./caching/cache-store.ts";
import { costOfAnswer } from "./caching/cost-of-answer.ts";
import { withCostOptimization } from "./with-cost-optimization.ts";

type Request = OpenAI.ChatCompletionCreateParamsNonStreaming;

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
beforeEach(() => server.reset());
afterAll(() => server.close());

const ask = (request: Request) =>
  new OpenAI({ apiKey: "k", baseURL: server.openAIUrl }).chat.completions.create(request);

const mini = { input: "0.00000015", output: "0.0000006" };
const candidates = [
  { service: "openai", model: "gpt-4o", prices: { input: "0.0000025", output: "0.00001" }, quality: 0.9 },
  { service: "openai", model: "gpt-4o-mini", prices: mini, quality: 0.7 },
];
const usage = { input: 1_000, output: 100 };
const request: Request = {
  model: "gpt-4o",
  temperature: 0,
  messages: [{ role: "user", content: "Good day" }],
};

describe("withCostOptimization", () => {
  it("calls the cheapest model that is good enough, and tells what that was expected to save", async () => {
    const optimized = withCostOptimization(ask, {
      candidates,
      need: ({ messages }: Request) => ({ usage, minQuality: messages.length > 1 ? 0.8 : 0.5 }),
    });
    expect((await optimized(request)).model).toBe("gpt-4o-mini");
    const longer = { ...request, messages: [...request.messages, ...request.messages] };
    expect((await optimized(longer)).model).toBe("gpt-4o");
    // 1000 × 0.0000025 + 100 × 0.00001, less 1000 × 0.00000015 + 100 × 0.0000006
    expect(optimized.statistics()).toEqual({
      chosen: { "openai/gpt-4o": 1, "openai/gpt-4o-mini": 1 },
      nothingFitted: 0,
      expectedRoutingSavingUsd: "0.00329",
    });
  });

  it("answers from the cache what may be, and nothing else", async () => {
    const costOf = costOfAnswer({ format: "openai.chat", prices: mini });
    const optimized = withCostOptimization(ask, {
      candidates,
      need: { usage },
      cache: { store: memoryStore(), costOf },
    });
    for (const temperature of [0, 0, 1, 1]) await optimized({ ...request, temperature });
    expect(server.requests).toHaveLength(3);
    expect(optimized.statistics().cache).toMatchObject({
      hits: 1,
      misses: 1,
      bypassed: 2,
      savedUsd: "0.00000885",
    });
  });

  it("makes the call as it was where no model fits", async () => {
    const seen: unknown[] = [];
    const optimized = withCostOptimization(
      (asked: Request, chosen) => {
        seen.push(chosen);
        return ask(asked);
      },
      { candidates, need: { usage, maxCostUsd: "0.000001" } },
    );
    expect((await optimized(request)).model).toBe("gpt-4o");
    expect(seen).toEqual([undefined]);
    expect(optimized.statistics()).toMatchObject({ chosen: {}, nothingFitted: 1 });
  });
});
