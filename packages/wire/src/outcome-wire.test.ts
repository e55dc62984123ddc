import { DAY_MS, Money, parseInstant, plusMs } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { parseOutcome, parseOutcomesQuery, toWireOutcome } from "./outcome-wire.ts";

const rules = { now: parseInstant("2026-11-22T12:00:00Z"), retentionDays: 400 };
const smallest = { outcome_id: "o1", timestamp: "2026-11-22T11:00:00+01:00", outcome: "ticket_resolved" };

function accepted(fields: object = {}) {
  const parsed = parseOutcome({ ...smallest, ...fields }, rules);
  if ("errors" in parsed) throw new Error(JSON.stringify(parsed.errors));
  return parsed.outcome;
}

function refused(input: unknown): string[] {
  const parsed = parseOutcome(input, rules);
  return "errors" in parsed ? parsed.errors.map(({ field, message }) => `${field} ${message}`) : [];
}

describe("outcome", () => {
  it("needs an id, a time and a word for what it is", () => {
    expect(JSON.parse(JSON.stringify(accepted()))).toEqual({
      outcomeId: "o1",
      timestamp: "2026-11-22T10:00:00.000Z",
      outcome: "ticket_resolved",
      success: true,
      metadata: {},
    });
    for (const field of Object.keys(smallest)) {
      expect(refused({ ...smallest, [field]: undefined })).toEqual([`${field} must be a string`]);
    }
  });

  it.each<[unknown, string]>([
    [0, "0"],
    [12.5, "12.5"],
    [7.5e-8, "0.000000075"],
    ["0.123456789012345678", "0.123456789012345678"],
  ])("is worth %j, exactly %s", (value, exact) => {
    expect(accepted({ value }).value?.toString()).toBe(exact);
  });

  it("is the same whether no calls are named, or nothing is said of them", () => {
    expect(accepted({ request_ids: [], metadata: {}, success: true })).toEqual(accepted());
  });

  it("came about within retention, and at most five minutes from now", () => {
    const at = (ms: number) => refused({ ...smallest, timestamp: plusMs(rules.now, ms) });
    expect(at(5 * 60_000)).toEqual([]);
    expect(at(5 * 60_000 + 1)).toEqual(["timestamp must not be more than 5 minutes ahead of our clock"]);
    expect(at(-400 * DAY_MS - 1)).toEqual(["timestamp must be within the last 400 days"]);
  });

  it("is called by its id where that can be read", () => {
    expect(parseOutcome({ ...smallest, outcome: 1 }, rules)).toMatchObject({ outcomeId: "o1" });
    expect(parseOutcome({ ...smallest, outcome_id: 5 }, rules)).toMatchObject({ outcomeId: null });
    expect(parseOutcome(null, rules)).toMatchObject({ outcomeId: null, errors: [{ field: "(body)" }] });
  });

  it("is shown with its amounts as exact text", () => {
    const outcome = accepted({ value: "1.000000000000000001", cost_usd: 0.5 });
    expect(outcome.cost).toEqual(Money.parse("0.5"));
    expect(toWireOutcome({ outcome, customScopes: [] })).toMatchObject({
      value: "1.000000000000000001",
      cost_usd: "0.5",
    });
  });
});

describe("question about outcomes", () => {
  it("is about the last thirty days, today included, where it names none", () => {
    expect(parseOutcomesQuery({}, rules.now)).toEqual({
      first: "2026-10-24",
      last: "2026-11-22",
      limit: 100,
    });
    expect(parseOutcomesQuery({ end_date: "2026-11-01" }, rules.now)).toMatchObject({ first: "2026-10-03" });
  });
});
