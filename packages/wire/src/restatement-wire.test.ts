import {
  type ChangeSums,
  Money,
  noRestatementSums,
  OTHER_SCOPES,
  parseInstant,
  parseUtcDate,
  type Restatement,
} from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { ProblemError } from "./problem.ts";
import { parseRestatementRequest, toWireRestatementReport } from "./restatement-wire.ts";

const refusal = (body: unknown): string => {
  try {
    parseRestatementRequest(body);
    return "accepted";
  } catch (error) {
    if (error instanceof ProblemError) return error.message;
    throw error;
  }
};

describe("an order to restate", () => {
  it("is a dry run of all calls of its days, unless it says otherwise", () => {
    expect(parseRestatementRequest({ from: "2026-11-01", to: "2026-11-24" })).toEqual({
      selection: { from: "2026-11-01", to: "2026-11-24", onlyUnpriced: false },
      dryRun: true,
    });
    const wire = {
      from: "2026-11-01",
      to: "2026-11-01",
      service: "openai",
      model: "gpt-4o",
      only_unpriced: true,
      dry_run: false,
    };
    expect(parseRestatementRequest(wire)).toEqual({
      selection: {
        from: "2026-11-01",
        to: "2026-11-01",
        service: "openai",
        model: "gpt-4o",
        onlyUnpriced: true,
      },
      dryRun: false,
    });
  });

  it.each<[string, unknown, string]>([
    ["nothing", null, "(body) must be an object with from and to"],
    ["days the wrong way round", { from: "2026-11-02", to: "2026-11-01" }, "from must not be after to"],
    ["no end", { from: "2026-11-02" }, "to "],
    ["a day that there is not", { from: "2026-02-30", to: "2026-03-01" }, "from must be a calendar day"],
    [
      "longer than anything is kept",
      { from: "2025-01-01", to: "2026-11-01" },
      "from must be at most 400 days",
    ],
    [
      "a word for a flag",
      { from: "2026-11-01", to: "2026-11-01", dry_run: "no" },
      "dry_run must be true or false",
    ],
    ["a field of another request", { from: "2026-11-01", to: "2026-11-01", tz: "UTC" }, "tz is not a field"],
  ])("is refused with %s", (_, body, message) => {
    expect(refusal(body)).toContain(message);
  });
});

describe("the report of a restatement", () => {
  const restatement: Restatement = {
    restatementId: "rst_1",
    selection: { from: parseUtcDate("2026-11-01"), to: parseUtcDate("2026-11-02"), onlyUnpriced: false },
    dryRun: false,
    state: "running",
    createdAt: parseInstant("2026-11-25T10:00:00Z"),
    createdBy: "admin",
    startsAt: parseInstant("2026-11-25T10:01:00Z"),
  };
  const change = (before: string, after: string): ChangeSums => ({
    metrics: 1,
    calls: 2,
    before: Money.parse(before),
    after: Money.parse(after),
  });

  it("lists the scopes that change most, up or down, and sums the rest", () => {
    const many = Array.from({ length: 250 }, (_, index) => [`user:${index}`, change("0", "0.01")] as const);
    const byScope = new Map<string, ChangeSums>([
      ...many,
      ["global:all", change("10", "2")],
      ["team:growth", change("1", "3")],
      [OTHER_SCOPES, change("0", "5")],
    ]);
    const report = toWireRestatementReport({
      restatement,
      stepsDone: 1,
      stepsTotal: 2,
      sums: {
        ...noRestatementSums,
        seen: 300,
        byScope,
        byDay: new Map([["2026-11-01", change("1", "1.5")]]),
      },
      budgets: [],
    });
    expect(report.progress).toEqual({ steps_done: 1, steps_total: 2, metrics_seen: 300 });
    expect(report.by_day).toEqual([
      {
        date: "2026-11-01",
        changed_metrics: 1,
        changed_calls: 2,
        cost_before_usd: "1",
        cost_after_usd: "1.5",
        difference_usd: "0.5",
      },
    ]);
    expect(report.by_scope).toHaveLength(201);
    expect(report.by_scope.slice(0, 2).map(({ scope, difference_usd }) => [scope, difference_usd])).toEqual([
      ["global:all", "-8"],
      ["team:growth", "2"],
    ]);
    expect(report.by_scope.at(-1)).toMatchObject({ scope: OTHER_SCOPES, difference_usd: "5.52" });
  });
});
