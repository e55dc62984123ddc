import { BudgetExhaustedError } from "@ai-usage/client/leases";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, expectTypeOf, it } from "vitest";
import type { TrackerProblem } from "../../delivery/delivery.ts";
import { TrackerConfigurationError } from "../../environment/configuration-error.ts";
import { type ProviderServer, startProviderServer } from "../../testing/index.ts";
import { testTracker } from "../../testing/test-tracker.ts";
import type { CircuitChange } from "./circuit.ts";
import { CircuitOpenError } from "./circuit-open-error.ts";
import type { CostProtectionOptions } from "./protection-options.ts";
import { withCostProtection } from "./with-cost-protection.ts";

let provider: ProviderServer;
let openai: OpenAI;
beforeAll(async () => {
  provider = await startProviderServer();
  openai = new OpenAI({ baseURL: provider.openAIUrl, apiKey: "sk-test", maxRetries: 0, timeout: 10_000 });
});
afterAll(() => provider.close());

const START = Date.parse("2026-11-22T12:00:00Z");
let now: number;
let changes: CircuitChange[];
let problems: TrackerProblem[];
beforeEach(() => {
  provider.reset();
  now = START;
  changes = [];
  problems = [];
});

const ask = (content: string, client = openai) =>
  client.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content }] });
type Completion = Awaited<ReturnType<typeof ask>>;

const guarded = (options: CostProtectionOptions<[content: string], Completion> = {}) =>
  withCostProtection((content: string) => ask(content), {
    now: () => now,
    onStateChange: (change) => void changes.push(change),
    onProblem: (problem) => void problems.push(problem),
    ...options,
  });
const fails = (status: number) => ({ kind: "error", status }) as const;
const settled = async (calls: number, call: (content: string) => Promise<unknown>) => {
  const names: string[] = [];
  for (let made = 0; made < calls; made += 1) {
    names.push(
      await call("hello").then(
        () => "answer",
        (error: unknown) => (error instanceof Error ? error.constructor.name : "?"),
      ),
    );
  }
  return names;
};

describe("a protected call", () => {
  it("is the call that it was while all is well", async () => {
    const call = guarded();
    const answer = await call("hello");
    expectTypeOf(answer).toEqualTypeOf<Completion>();
    expect(answer.choices[0]?.message.content).toEqual(expect.any(String));
    expect([call.state, changes]).toEqual(["closed", []]);
  });

  it("is not made for a while once enough of them have failed, then once to see, then again", async () => {
    const call = guarded({ failures: { count: 3 } });
    provider.next(fails(500), fails(429), fails(503));
    expect(await settled(3, call)).toEqual(["InternalServerError", "RateLimitError", "InternalServerError"]);
    expect(await settled(1, call)).toEqual(["CircuitOpenError"]);
    const refusal = await call("hello").catch((error: unknown) => error);
    expect(refusal).toMatchObject({ name: "CircuitOpenError", reason: "failures" });
    expect(refusal instanceof CircuitOpenError && refusal.retryAt.getTime()).toBe(START + 30_000);
    expect(provider.requests).toHaveLength(3);

    now += 30_000;
    expect(await settled(2, call)).toEqual(["answer", "answer"]);
    expect(changes.map(({ from, to, reason }) => [from, to, reason])).toEqual([
      ["closed", "open", "failures"],
      ["open", "half-open", undefined],
      ["half-open", "closed", undefined],
    ]);
    expect(problems).toEqual([]);
  });

  it("opens anew when the one that is made to see fails, and counts from nothing when it does not", async () => {
    const call = guarded({ failures: { count: 2 } });
    provider.next(fails(500), fails(500), fails(500));
    await settled(2, call);
    now += 30_000;
    expect(await settled(2, call)).toEqual(["InternalServerError", "CircuitOpenError"]);
    now += 30_000;
    provider.next({ kind: "answer" }, fails(500));
    expect(await settled(3, call)).toEqual(["answer", "InternalServerError", "answer"]);
    expect(call.state).toBe("closed");
  });

  it("is made one at a time to see, and another time when that takes too long", async () => {
    const call = guarded({ failures: { count: 1 } });
    provider.next(fails(500), { kind: "slow" });
    await settled(1, call);
    now += 30_000;
    const trial = call("first");
    await provider.arrived(2);
    await expect(call("second")).rejects.toMatchObject({ name: "CircuitOpenError", retryAt: new Date(now) });
    expect(call.state).toBe("half-open");
    now += 30_000;
    await call("third");
    expect(call.state).toBe("closed");
    provider.release();
    await trial;
    expect(provider.requests).toHaveLength(3);
  });

  it("says nothing of the provider when it was refused for what it asks, given up, or refused by a budget", async () => {
    const refused = new BudgetExhaustedError({
      type: "urn:ai-usage:problem:budget-exhausted",
      ...{
        title: "Budget exhausted",
        status: 402,
        detail: "nothing left",
        budgets: [],
        retry_after_seconds: 60,
      },
    });
    const errors = [refused, new OpenAI.APIUserAbortError(), new TypeError("a bug of ours")];
    const throwing = withCostProtection(
      async (): Promise<string> => {
        throw errors.shift();
      },
      { failures: { count: 1, share: 0 }, isFailure: (error) => error === refused },
    );
    expect(await settled(3, throwing)).toEqual(["BudgetExhaustedError", "APIUserAbortError", "TypeError"]);
    expect(throwing.state).toBe("closed");

    const call = guarded({ failures: { count: 1 } });
    provider.next(fails(400), fails(401), fails(404));
    await settled(3, call);
    expect(call.state).toBe("closed");
  });

  it("goes on to see where the one that was made to see was not made after all", async () => {
    const refused = Object.assign(new Error("nothing left"), { name: "BudgetUnavailableError" });
    const outcomes = [new OpenAI.APIConnectionError({}), refused, undefined];
    const call = withCostProtection(
      async () => {
        const error = outcomes.shift();
        if (error !== undefined) throw error;
        return "answer";
      },
      { failures: { count: 1 }, now: () => now },
    );
    await settled(1, call);
    now += 30_000;
    await expect(call()).rejects.toBe(refused);
    expect(call.state).toBe("half-open");
    expect(await call()).toBe("answer");
    expect(call.state).toBe("closed");
  });

  it.each([
    ["a connection that breaks", { kind: "cut", at: "before_headers" }, undefined],
    ["an answer that does not come", { kind: "silence" }, 50],
  ] as const)("counts %s as a failure", async (_, behaviour, timeout) => {
    const call = withCostProtection(
      () => ask("hello", timeout === undefined ? openai : openai.withOptions({ timeout })),
      { failures: { count: 1 } },
    );
    provider.next(behaviour);
    await settled(1, call);
    expect(call.state).toBe("open");
  });

  it("counts failures of the window alone, and only where they are a large enough share", async () => {
    const call = guarded({ failures: { count: 2, share: 0.5 }, windowMs: 10_000 });
    provider.next({ kind: "answer" }, { kind: "answer" }, { kind: "answer" }, fails(500), fails(500));
    await settled(5, call);
    expect(call.state).toBe("closed");
    now += 11_000;
    provider.next(fails(500), fails(500));
    await settled(1, call);
    expect(call.state).toBe("closed");
    await settled(1, call);
    expect(call.state).toBe("open");
  });

  it("is not made when calls take too long, until one is quick again", async () => {
    let takesMs = 2_000;
    const call = withCostProtection(
      async () => {
        now += takesMs;
        return takesMs;
      },
      {
        latency: { slowMs: 1_000, count: 2 },
        now: () => now,
        onStateChange: (change) => void changes.push(change),
      },
    );
    await settled(2, call);
    await expect(call()).rejects.toMatchObject({ reason: "latency" });
    now += 30_000;
    await settled(1, call);
    expect(call.state).toBe("open");
    now += 30_000;
    takesMs = 999;
    await settled(1, call);
    expect(call.state).toBe("closed");
  });

  it("is answered otherwise while it is not made, with what it was asked", async () => {
    const call = withCostProtection((content: string) => ask(content), {
      failures: { count: 1 },
      fallback: (error, content) => `${error.reason}: ${content}`,
    });
    provider.next(fails(500));
    await expect(call("hello")).rejects.toMatchObject({ status: 500 });
    const answer = await call("hello");
    expectTypeOf(answer).toEqualTypeOf<Completion | string>();
    expect(answer).toBe("failures: hello");
  });

  it("is not failed by the functions that watch it", async () => {
    const broken = (): never => {
      throw new Error("broken");
    };
    const call = guarded({
      failures: { count: 1, share: 0 },
      onStateChange: broken,
      isFailure: (error) => (error instanceof OpenAI.RateLimitError ? true : broken()),
      spend: { usdPerMinute: "1", costOf: (answer) => (answer.id === "" ? "0" : "a lot") },
    });
    await call("hello");
    provider.next(fails(500), fails(429));
    expect(await settled(3, call)).toEqual(["InternalServerError", "RateLimitError", "CircuitOpenError"]);
    expect(problems.map(({ kind, error }) => [kind, error.message])).toEqual([
      ["callback", "a call's cost must be an amount as exact text"],
      ["callback", "broken"],
      ["callback", "broken"],
    ]);
  });

  it("has options that can be, or says which cannot", () => {
    const wrong = () =>
      guarded({
        failures: { count: 0 },
        latency: { slowMs: 0, share: 2 },
        spend: { usdPerMinute: "1e3" },
        windowMs: 0,
      });
    expect(wrong).toThrow(TrackerConfigurationError);
    expect(wrong).toThrow(/failures\.count.*latency\.share.*latency\.slowMs.*windowMs.*usdPerMinute/s);
  });
});

describe("the spend of protected calls", () => {
  it("holds them for as long as they have spent what they may in a minute, to the last digit", async () => {
    const costs = ["0.1", "0.2", "0.7", "0.5"];
    const call = withCostProtection(async () => costs.shift(), {
      spend: { usdPerMinute: "1", costOf: (cost) => cost },
      now: () => now,
      onStateChange: (change) => void changes.push(change),
    });
    await call();
    now += 10_000;
    await call();
    now += 10_000;
    expect(call.state).toBe("closed");
    await call();
    const refusal = await call().catch((error: unknown) => error);
    // The first of them is a minute ago, and a sixtieth more.
    expect(refusal).toMatchObject({ reason: "spend", retryAt: new Date(START + 61_000) });
    now = START + 61_000;
    expect(await call()).toBe("0.5");
    expect(changes.map(({ to, reason }) => [to, reason])).toEqual([
      ["open", "spend"],
      ["half-open", undefined],
      ["open", "spend"],
    ]);
  });

  const tracked = () => {
    const { tracker } = testTracker({ spoolDirectory: false });
    const bare = new OpenAI({ baseURL: provider.openAIUrl, apiKey: "sk-test", maxRetries: 0 });
    return tracker.wrap(bare);
  };

  it("counts what is known of tracked calls by their metrics, of streams at their end", async () => {
    const client = tracked();
    const call = withCostProtection(
      () =>
        client.chat.completions.create({
          model: "gpt-4o",
          messages: [{ role: "user", content: "hello" }],
          stream: true,
        }),
      {
        spend: {
          usdPerMinute: "1",
          costOfMetric: ({ model }) => (model?.startsWith("gpt-4o") ? "1" : undefined),
        },
      },
    );
    const stream = await call();
    expect(call.state).toBe("closed");
    for await (const _ of stream);
    expect(call.state).toBe("open");
    await expect(call()).rejects.toBeInstanceOf(CircuitOpenError);
  });

  it("follows from prices, to the last digit", async () => {
    const client = tracked();
    const prices = { "gpt-4o": { input: "0.0000025", output: "0.00001" } };
    const guardedAt = (usdPerMinute: string) =>
      withCostProtection(() => ask("hello", client), { spend: { usdPerMinute, prices } });
    const answer = { usage: { input: 1000, output: 900 }, model: "gpt-4o-2024-08-06" };
    // 1,000 at $2.50 and 900 at $10 a million: $0.0115.
    const [at, above] = [guardedAt("0.0115"), guardedAt("0.011500000000000001")];
    provider.nextAnswer(answer);
    await at();
    provider.nextAnswer(answer);
    await above();
    expect([at.state, above.state]).toEqual(["open", "closed"]);
    expect(() =>
      withCostProtection(ask, { spend: { usdPerMinute: "1", prices: { m: { input: "-1" } } } }),
    ).toThrow(/spend\.prices of m/);
  });
});
