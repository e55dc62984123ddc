import { BudgetExhaustedError, LeaseClient } from "@ai-usage/client/leases";
import type { Usage } from "@ai-usage/core/usage";
import { afterEach, describe, expect, it } from "vitest";
import type { TrackerProblem } from "../delivery/delivery.ts";
import type { CallStart } from "../recording/call.ts";
import type { EndOfCall } from "../recording/gate.ts";
import { BudgetUnavailableError } from "./errors.ts";
import { HardBudget, type HardBudgetOptions } from "./hard-budget.ts";
import { cheaperModelOnRefusal, queueOnRefusal } from "./refusal-policy.ts";
import { type GivenLeaseServer, startLeaseServer } from "./testing/lease-server.ts";

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function aBudget(given: GivenLeaseServer, options: HardBudgetOptions = {}) {
  const server = await startLeaseServer(given);
  const client = new LeaseClient({ apiUrl: server.url, token: "aiu_x_secret", retries: 0 });
  const problems: TrackerProblem[] = [];
  const gate = new HardBudget({ ...options, client, onProblem: (problem) => problems.push(problem) });
  open.push(server, gate);
  return { server, gate, problems };
}

const chat = (model = "gpt-4o", more: object = {}): CallStart => ({
  service: "openai",
  operation: "chat.completions",
  request: { model, messages: [{ role: "user", content: "Hello" }], ...more },
});

const answered = (usage: Usage, more: object = {}): EndOfCall => ({
  made: true,
  metric: {
    ...{ request_id: "r", operation: "chat.completions", timestamp: "2026-11-01T00:00:00Z" },
    ...{ service: "openai", model: "gpt-4o-2024-08-06", usage, ...more },
  },
});

/** A budget of 100 cents, one call of which has ended so. @returns what is left once everything is given back */
async function leftAfter(end: EndOfCall): Promise<number> {
  const { server, gate } = await aBudget({ leftCents: 100 });
  (await gate.enter(chat(), {})).done(end);
  await gate.close();
  return server.leftCents;
}

describe("a call", () => {
  it("is let in from a lease, and the next ones in memory, as far as the lease has room", async () => {
    const { server, gate } = await aBudget({ leftCents: 1_000, grantMax: 5 });
    const entry = await gate.enter(chat(), {});
    expect(entry).toMatchObject({ leaseId: "lea_1" });
    entry.done({ made: false });
    const next = gate.enter(chat(), {});
    expect(next).not.toBeInstanceOf(Promise);
    expect(server.acquired[0]).toMatchObject({
      call: { service: "openai", model: "gpt-4o", operation: "chat.completions" },
      max: { input_tokens: 256 },
    });
  });

  it("fails with the budget's own error when there is no room", async () => {
    const { gate } = await aBudget({ leftCents: 10 });
    await gate.enter(chat(), {});
    await expect(Promise.resolve(gate.enter(chat(), {}))).rejects.toBeInstanceOf(BudgetExhaustedError);
  });

  it("is asked for with who makes it and the metadata that are scopes, and no others", async () => {
    const { server, gate } = await aBudget({ leftCents: 100 }, { scopeMetadataKeys: ["department", "none"] });
    const metadata = { department: "sales", trace: "t-1" };
    await gate.enter(chat(), { userId: "ada", team: "growth", jobId: "j1", operation: "draft", metadata });
    expect(server.acquired[0]?.call).toEqual({
      ...{ service: "openai", model: "gpt-4o", operation: "draft" },
      ...{ user_id: "ada", team: "growth", job_id: "j1", metadata: { department: "sales" } },
    });
  });

  it("is not held against budgets where `only` says so", async () => {
    const { server, gate } = await aBudget({ leftCents: 0 }, { only: ({ service }) => service !== "openai" });
    expect(gate.enter(chat(), {})).not.toHaveProperty("leaseId");
    expect(server.acquired).toEqual([]);
  });
});

describe("a call that is over", () => {
  it("counts with its price, tokens and all", async () => {
    // 100 × 0.0001 + 30 × 0.001 dollars.
    expect(await leftAfter(answered({ input: 100, output: 30 }))).toBe(96);
  });

  it("counts with the provider's own figure", async () => {
    expect(await leftAfter(answered({ input: 100, output: 30 }, { cost_usd: "0.07" }))).toBe(93);
  });

  it.each<[string, EndOfCall, number]>([
    ["was not made", { made: false }, 100],
    ["was refused by the provider", answered({}, { error: "RateLimitError" }), 100],
    ["was not answered", answered({}, { error: "APIConnectionTimeoutError" }), 90],
    ["could not be read", { made: true }, 90],
    ["was served in another tier", answered({ input: 100 }, { served: { tier: "priority" } }), 90],
    ["was served in the standard tier", answered({ input: 100 }, { served: { tier: "standard" } }), 99],
    ["was served at regional prices", answered({ input: 100 }, { served: { region: "us" } }), 90],
    ["was served by another model", answered({ input: 100 }, { model: "gpt-4.1" }), 90],
    ["used several models", answered({ input: 100 }, { also_used: [{ model: "x", usage: {} }] }), 90],
    ["has a unit without a price", answered({ input: 100, image: 1 }), 90],
  ])("and %s leaves what it should", async (_, end, left) => {
    expect(await leftAfter(end)).toBe(left);
  });
});

describe("what a call may take", () => {
  it("is the caller's to say", async () => {
    const { server, gate } = await aBudget({ leftCents: 100 }, { maximum: () => ({ cost_usd: "0.10" }) });
    await gate.enter(chat(), {});
    expect(server.acquired[0]?.max).toEqual({ cost_usd: "0.10" });
  });

  it.each([
    [{}, 500, { outputTokensMax: 500 }],
    [{ max_tokens: 2_000 }, 500, { outputTokensMax: 500 }],
    [{ max_completion_tokens: 200 }, 200, undefined],
    [{ max_tokens: 400, n: 3 }, 1_200, undefined],
  ])("is capped: %o comes to %i tokens of output", async (more, output, terms) => {
    const { server, gate } = await aBudget({ leftCents: 100 }, { outputTokensMax: 500 });
    const entry = await gate.enter(chat("gpt-4o", more), {});
    expect(server.acquired[0]?.max).toEqual({ input_tokens: 256, output_tokens: output });
    expect(entry.terms).toEqual(terms);
  });
});

describe("policies", () => {
  const tiers = { premium: ["gpt-4o"], standard: ["gpt-4.1"], economy: ["gpt-4o-mini"] };
  const perCallCents = { "gpt-4o": 50, "gpt-4.1": 20, "gpt-4o-mini": 2 };

  it("wait for room, until somebody gives some back", async () => {
    const { server, gate } = await aBudget(
      { leftCents: 0, retryAfterSeconds: 3_600 },
      { onRefusal: queueOnRefusal() },
    );
    const entering = Promise.resolve(gate.enter(chat(), {}));
    await expect.poll(() => server.acquired.length).toBe(1);
    server.leftCents = 10;
    expect(await entering).toMatchObject({ leaseId: expect.stringMatching(/^lea_/) });
  });

  it("wait no longer than they may", async () => {
    const { gate } = await aBudget({ leftCents: 0 }, { onRefusal: queueOnRefusal({ waitMsMax: 300 }) });
    await expect(Promise.resolve(gate.enter(chat(), {}))).rejects.toBeInstanceOf(BudgetExhaustedError);
  });

  it("take the dearest model that there is room for", async () => {
    const { gate } = await aBudget(
      { leftCents: 25, perCallCents },
      { onRefusal: cheaperModelOnRefusal(tiers) },
    );
    const models = [];
    for (let call = 0; call < 3; call += 1) models.push((await gate.enter(chat(), {})).terms?.model);
    expect(models).toEqual(["gpt-4.1", "gpt-4o-mini", "gpt-4o-mini"]);
    await expect(Promise.resolve(gate.enter(chat(), {}))).rejects.toBeInstanceOf(BudgetExhaustedError);
  });

  it("know the snapshots of a model, and leave models alone that stand nowhere", async () => {
    const { gate } = await aBudget(
      { leftCents: 2, perCallCents },
      { onRefusal: cheaperModelOnRefusal({ premium: ["gpt-4.1"], economy: ["gpt-4o-mini"] }) },
    );
    await expect(Promise.resolve(gate.enter(chat("o3"), {}))).rejects.toBeInstanceOf(BudgetExhaustedError);
    expect((await gate.enter(chat("gpt-4.1-2025-04-14"), {})).terms).toEqual({ model: "gpt-4o-mini" });
  });
});

describe("budgets that cannot be asked", () => {
  it("let calls through, and tell of it", async () => {
    const { server, gate, problems } = await aBudget({ leftCents: 100 }, { outputTokensMax: 100 });
    server.isAway = true;
    const entry = await gate.enter(chat(), {});
    expect(entry).toMatchObject({ terms: { outputTokensMax: 100 } });
    expect(entry.leaseId).toBeUndefined();
    expect(problems).toMatchObject([{ kind: "budget", error: { name: "BudgetUnavailableError" } }]);
  });

  it("refuse calls where the options say so", async () => {
    const { server, gate } = await aBudget({ leftCents: 100 }, { failMode: "closed" });
    server.isAway = true;
    await expect(Promise.resolve(gate.enter(chat(), {}))).rejects.toBeInstanceOf(BudgetUnavailableError);
  });

  it("refuse calls where they said so themselves", async () => {
    const { server, gate } = await aBudget({ leftCents: 100, failMode: "closed" });
    await gate.enter(chat(), {});
    server.isAway = true;
    await expect(Promise.resolve(gate.enter(chat(), {}))).rejects.toBeInstanceOf(BudgetUnavailableError);
  });
});

describe("what is held", () => {
  it("is given back when it closes", async () => {
    const { server, gate } = await aBudget({ leftCents: 100, grantMax: 8 });
    const entries = await Promise.all(Array.from({ length: 8 }, () => gate.enter(chat(), {})));
    expect(server.leftCents).toBe(20);
    for (const entry of entries) entry.done({ made: false });
    await gate.close();
    expect(server.leftCents).toBe(100);
  });

  it("is given back of the kind of call that was not made for longest, when there are too many", async () => {
    const { server, gate } = await aBudget({ leftCents: 100_000 });
    for (let user = 0; user <= 200; user += 1)
      (await gate.enter(chat(), { userId: `u${user}` })).done(answered({ input: 100 }));
    await expect.poll(() => server.closed).toEqual([{ id: "lea_1", spentUsd: "0.01" }]);
  });
});
