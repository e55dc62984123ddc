import type { UsageAnswer, UsageGroup } from "@ai-usage/client";
import pc from "picocolors";
import { describe, expect, it } from "vitest";
import type { Style } from "../context.ts";
import { renderReport } from "./report.ts";

const style: Style = { colors: pc.createColors(false), columns: 60 };

function group(cost: string, fields: Partial<UsageGroup> = {}): UsageGroup {
  return {
    cost_usd: Number(cost),
    cost_usd_exact: cost,
    tokens: 1500,
    input_tokens: 1200,
    output_tokens: 300,
    api_calls: 2,
    unpriced_calls: 0,
    failed_calls: 0,
    ...fields,
  };
}

function answer(fields: Partial<UsageAnswer> = {}): UsageAnswer {
  return {
    summary: {
      total_cost_usd: 1234.506,
      total_cost_usd_exact: "1234.506",
      total_tokens: 18_012_345,
      input_tokens: 17_000_000,
      output_tokens: 1_012_345,
      total_api_calls: 8819,
      average_cost_per_call: 0.13998,
      unpriced_calls: 3,
      failed_calls: 12,
      date_range: { start: "2026-11-19", end: "2026-11-22" },
    },
    aggregations: {
      by_day: { "2026-11-22": group("1200"), "2026-11-19": group("34.506") },
      by_model: {
        "a-model": group("0.000000012"),
        "gpt-4o": group("1200", { unpriced_calls: 3 }),
        "claude\u001b[31m": group("34.5"),
        "z-model": group("0.006"),
      },
    },
    query: {
      start_date: "2026-11-19",
      end_date: "2026-11-22",
      tz: "UTC",
      aggregation: ["day", "model"],
      service: "openai",
      model: null,
      operation: null,
      scope: null,
    },
    ...fields,
  };
}

describe("renderReport", () => {
  it("shows the sum, days without gaps, and groups with the dearest first", () => {
    const text = renderReport(answer(), { groupings: ["model"], timeUnit: "day", top: 20 }, style);
    expect(text).toBe(`Usage 2026-11-19 to 2026-11-22 (UTC)  service:openai

Cost       $1,234.51
Calls          8,819  12 failed, 3 without a known price, not in the cost
Tokens    18,012,345  17,000,000 in, 1,012,345 out
Per call       $0.14

Cost by day
2026-11-19     $34.51  █▏
2026-11-20      $0.00
2026-11-21      $0.00
2026-11-22  $1,200.00  █████████████████████████████████████

By model
model                cost  of total  calls  unpriced  tokens in  tokens out
gpt-4o          $1,200.00   97.20 %      2         3      1,200         300
claude?[31m        $34.50    2.79 %      2         0      1,200         300
z-model           $0.0060    0.00 %      2         0      1,200         300
a-model      $0.000000012    0.00 %      2         0      1,200         300

gpt-4o          $1,200.00  █████████████████████████████████
claude?[31m        $34.50  █
z-model           $0.0060  ▏
a-model      $0.000000012  ▏`);
  });

  it("shows the groups beyond the top as one that adds up", () => {
    const text = renderReport(answer(), { groupings: ["model"], top: 2 }, style);
    expect(text).toMatch(/\(2 others\) +\$0\.0060 +0\.00 % +4 +0 +2,400 +600$/);
  });

  it("says when nothing was recorded, and that a filter was on", () => {
    const empty = answer();
    const summary = { ...empty.summary, total_api_calls: 0 };
    expect(renderReport({ ...empty, summary }, { groupings: ["model"], top: 5 }, style)).toBe(
      "Usage 2026-11-19 to 2026-11-22 (UTC)  service:openai\n\nNo calls were recorded then, or none under this filter.",
    );
  });

  it("draws no bars where nothing has a cost", () => {
    const aggregations = { by_day: { "2026-11-22": group("0") }, by_model: { a: group("0"), b: group("0") } };
    const text = renderReport(
      answer({ aggregations }),
      { groupings: ["model"], timeUnit: "day", top: 5 },
      style,
    );
    expect(text).not.toContain("Cost by day");
    expect(text).toMatch(/b +\$0\.00 +0\.00 % +2 +1,200 +300$/);
  });
});
