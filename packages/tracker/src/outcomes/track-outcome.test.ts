import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MemoryApi, startMemoryApi } from "@ai-usage/client/testing";
import { instantFromEpochMs } from "@ai-usage/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withUsageContext } from "../context/usage-context.ts";
import { createTracker, type TrackerOptions } from "../create-tracker.ts";
import type { TrackerProblem } from "../delivery/delivery.ts";
import { httpTransport } from "../delivery/http-transport.ts";
import { memoryTransport } from "../delivery/memory-transport.ts";
import { syncSpool } from "../delivery/sync.ts";
import { testTracker } from "../testing/test-tracker.ts";

let spoolDirectory: string;
let api: MemoryApi;
beforeEach(async () => {
  spoolDirectory = mkdtempSync(join(tmpdir(), "track-outcome-"));
  api = await startMemoryApi(() => instantFromEpochMs(Date.now()));
});
afterEach(async () => {
  await api.close();
  rmSync(spoolDirectory, { recursive: true });
});

const create = (options: TrackerOptions = {}) =>
  createTracker({ apiUrl: api.url, token: api.token, env: {}, spoolDirectory, ...options });

const sent = () =>
  api.requests.flatMap(({ path, body }) =>
    path === "/outcomes" ? (body as { outcomes: Record<string, unknown>[] }).outcomes : [],
  );

describe("an outcome", () => {
  it("is sent with what the context says of it, and what it says itself wins", async () => {
    const tracker = create();
    const id = withUsageContext({ team: "growth", feature: "support", metadata: { plan: "pro" } }, () =>
      tracker.trackOutcome({
        ...{ outcome: "ticket_resolved", team: "care", value: "12.50", cost: "0.04", qualityScore: 0.912345 },
        ...{ requestIds: ["chatcmpl-1"], metadata: { channel: "chat" } },
      }),
    );
    await tracker.close();
    expect(sent()).toEqual([
      {
        outcome_id: id,
        timestamp: expect.any(String),
        outcome: "ticket_resolved",
        value: "12.50",
        cost_usd: "0.04",
        quality_score: 0.9123,
        team: "care",
        feature: "support",
        request_ids: ["chatcmpl-1"],
        metadata: { plan: "pro", channel: "chat" },
      },
    ]);
  });

  it("tells of users by their hashes, those of its own as those of the context", async () => {
    const tracker = create({ hashUserIds: { key: "0123456789abcdef-secret" } });
    const { userId: hashed } = tracker.attribution({ userId: "ada" });
    tracker.trackOutcome({ outcome: "draft_sent", userId: "ada" });
    withUsageContext({ userId: "ada" }, () => tracker.trackOutcome({ outcome: "draft_sent" }));
    withUsageContext({ userId: "bob" }, () => tracker.trackOutcome({ outcome: "draft_sent", userId: "ada" }));
    await tracker.close();
    expect(hashed).toMatch(/^u_[0-9a-f]{32}$/);
    expect(sent().map(({ user_id }) => user_id)).toEqual([hashed, hashed, hashed]);
  });

  it("goes to the API that is named beside a transport, and the transport is for calls alone", async () => {
    const transport = memoryTransport();
    const env = { AI_USAGE_API_URL: api.url, AI_USAGE_TOKEN: api.token };
    for (const options of [{ apiUrl: api.url, token: api.token, env: {} }, { env }]) {
      const tracker = createTracker({ ...options, transport, spoolDirectory });
      tracker.trackOutcome({ outcome: "draft_sent" });
      await tracker.close();
    }
    expect(sent()).toHaveLength(2);
    expect(transport.metrics).toEqual([]);
  });

  it("is kept where the API cannot be reached, apart from the calls, and another process sends its own", async () => {
    const { url, token } = api;
    const tracker = createTracker({
      apiUrl: "http://127.0.0.1:9",
      ...{ token, env: {}, spoolDirectory, onProblem: () => {} },
    });
    tracker.trackOutcome({ outcome: "draft_sent", outcomeId: "draft-7" });
    const statistics = await tracker.flush({ timeoutMs: 300 });
    expect(statistics.recorded).toBe(0);
    const other = createTracker({ apiUrl: url, token, env: {}, spoolDirectory });
    other.trackOutcome({ outcome: "draft_sent", outcomeId: "draft-8" });
    await other.close();
    expect(sent().map(({ outcome_id }) => outcome_id)).toEqual(["draft-8"]);
    const transport = httpTransport({ apiUrl: url, token, stored: "outcomes" });
    expect((await syncSpool({ directory: spoolDirectory, transport })).delivered).toBe(0);
    await transport.close?.();
    await tracker.close({ timeoutMs: 300 });
  });

  it("is told as lost where there is no API to send it to", () => {
    const problems: TrackerProblem[] = [];
    const { tracker } = testTracker({ onProblem: (problem) => problems.push(problem) });
    tracker.trackOutcome({ outcome: "draft_sent" });
    expect(problems).toMatchObject([{ kind: "dropped", count: 1 }]);
  });

  it("goes nowhere where tracking is off", () => {
    const tracker = createTracker({ enabled: false, env: {} });
    expect(tracker.trackOutcome({ outcome: "draft_sent", outcomeId: "draft-9" })).toBe("draft-9");
  });
});
