import { Money } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { type IngestResult, METRICS_MAX, parseIngestRequest, toWireIngestAnswer } from "./ingest-wire.ts";
import { ProblemError } from "./problem.ts";

function problemOf(body: unknown) {
  try {
    parseIngestRequest(body);
  } catch (error) {
    if (error instanceof ProblemError) return [error.problem.status, error.problem.errors?.[0]?.field];
    throw error;
  }
  return undefined;
}

describe("request to store metrics", () => {
  it("is one metric or a list of them", () => {
    expect(parseIngestRequest({ a: 1 })).toEqual({ metrics: [{ a: 1 }], listed: false });
    expect(parseIngestRequest({ metrics: [1, 2] })).toEqual({ metrics: [1, 2], listed: true });
  });

  it.each<[unknown, number, string]>([
    [null, 400, "(body)"],
    ["x", 400, "(body)"],
    [[], 400, "(body)"],
    [{ metrics: "x" }, 400, "metrics"],
    [{ metrics: null }, 400, "metrics"],
    [{ metrics: [] }, 400, "metrics"],
    [{ metrics: [1], dry_run: true }, 400, "dry_run"],
    [{ metrics: Array(METRICS_MAX + 1).fill(1) }, 413, "metrics"],
  ])("is not %j", (body, status, field) => {
    expect(problemOf(body)).toEqual([status, field]);
  });
});

describe("answer to a request to store metrics", () => {
  const recorded: IngestResult = {
    status: "recorded",
    requestId: "a",
    cost: Money.parse("0.1"),
    pricingStatus: "priced",
  };
  const results: IngestResult[] = [
    recorded,
    { ...recorded, requestId: "b", cost: Money.parse("0.2") },
    { ...recorded, requestId: "c", status: "duplicate" },
    { status: "recorded", requestId: "d", pricingStatus: "unpriced" },
    { status: "conflict", requestId: "e" },
    { status: "rejected", requestId: null, errors: [{ field: "service", message: "must not be empty" }] },
  ];

  it("counts each outcome once, and the cost of what was recorded now", () => {
    const { status, body } = toWireIngestAnswer(results, { metrics: [], listed: true });
    expect(status).toBe(207);
    expect(body.summary).toEqual({
      received: 6,
      recorded: 3,
      duplicate: 1,
      conflict: 1,
      rejected: 1,
      cost_usd: "0.3",
    });
    expect(body.results.map((result) => result.status)).toEqual(results.map((result) => result.status));
    expect(body.results[3]).toMatchObject({ cost_usd: null, pricing_status: "unpriced" });
  });

  it("names the place in a list, and none where there was no list", () => {
    const errorsOf = (listed: boolean) =>
      toWireIngestAnswer(results, { metrics: [], listed }).body.results.flatMap((result) =>
        "error" in result ? [result.error?.field] : [],
      );
    expect(errorsOf(true)).toEqual(["metrics[4].request_id", "metrics[5].service"]);
    expect(errorsOf(false)).toEqual(["request_id", "service"]);
  });

  it("is 200 when all is stored, now or before", () => {
    expect(toWireIngestAnswer(results.slice(0, 4), { metrics: [], listed: true }).status).toBe(200);
  });
});
