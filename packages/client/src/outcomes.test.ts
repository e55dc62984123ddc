import { parseInstant } from "@ai-usage/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AIUsageClient } from "./ai-usage-client.ts";
import type { OutcomeInput } from "./outcome-requests.ts";
import { type MemoryApi, startMemoryApi } from "./testing/memory-api.ts";

const NOW = parseInstant("2026-11-22T12:00:00Z");

let api: MemoryApi;
let client: AIUsageClient;
beforeEach(async () => {
  api = await startMemoryApi(() => NOW);
  client = new AIUsageClient({ apiUrl: api.url, token: api.token, retryDelayMs: 1 });
});
afterEach(() => api.close());

const anOutcome = (outcome_id: string, fields: Partial<OutcomeInput> = {}): OutcomeInput => ({
  outcome_id,
  timestamp: NOW,
  outcome: "ticket_resolved",
  ...fields,
});

describe("outcomes, by the client", () => {
  it("are recorded once, and each has its own result", async () => {
    const bad = anOutcome("o2", { value: -1 });
    const { results } = await client.recordOutcomes([anOutcome("o1", { value: "12.50" }), bad]);
    expect(results).toMatchObject([
      { outcome_id: "o1", status: "recorded" },
      { outcome_id: "o2", status: "rejected", error: { field: "outcomes[1].value" } },
    ]);
    const again = await client.recordOutcomes([anOutcome("o1", { value: 12.5 })]);
    expect(again.summary).toEqual({ received: 1, recorded: 0, duplicate: 1, conflict: 0, rejected: 0 });
  });

  it("are sent again with the same body when no answer comes", async () => {
    api.answerNext("drop", { status: 503, body: {} });
    expect((await client.recordOutcomes([anOutcome("o1")])).summary.recorded).toBe(1);
    expect(new Set(api.requests.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(api.requests).toHaveLength(3);
  });

  it("are listed by what they are about, page by page", async () => {
    await client.recordOutcomes([
      ...["a", "b", "c"].map((id) => anOutcome(id, { team: "growth" })),
      anOutcome("d", { team: "other" }),
      anOutcome("e", { team: "growth", timestamp: "2026-10-01T00:00:00Z" }),
    ]);
    const { outcomes } = await client.listOutcomes({ team: "growth" });
    expect(outcomes.map(({ outcome_id }) => outcome_id).toSorted()).toEqual(["a", "b", "c"]);
    const sizes: number[] = [];
    for await (const page of client.outcomePages({ start_date: "2026-10-01", limit: 2 })) {
      sizes.push(page.outcomes.length);
    }
    expect(sizes).toEqual([2, 2, 1]);
  });
});
