import { hasSameJson, newBudget, parseInstant } from "@ai-usage/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { existingBudget, termsToRequest, updateToRequest } from "./budget-set-wire.ts";
import { parseBudgetPatch, parseNewBudget, toWireBudget } from "./budget-wire.ts";

const NOW = parseInstant("2026-11-22T12:00:00Z");

const anyBody: fc.Arbitrary<object> = fc.record(
  {
    scope: fc.constantFrom("team:growth", "global:all", "user:ada"),
    amount: fc.constantFrom("100", "0.000000000000000001", "12345.5"),
    period: fc.constantFrom("daily", "weekly", "monthly", "yearly"),
    time_zone: fc.constantFrom("UTC", "Asia/Kathmandu"),
    week_starts_on: fc.constantFrom("monday", "sunday"),
    fiscal_year_starts_in: fc.integer({ min: 1, max: 12 }),
    thresholds: fc.array(
      fc.constantFrom<unknown>(
        80,
        "99.5",
        { percent: 100, level: "CRITICAL" },
        { amount: "7.25", on: "forecast" },
        { percent: 90, on: "forecast" },
      ),
    ),
    enforcement: fc.constantFrom("soft", "hard", "shadow"),
    fail_mode: fc.constantFrom("open", "closed"),
    rollover: fc.constantFrom({}, { cap: "3" }),
    spike: fc.constant({ times: "4.5", at_least: "10" }),
    contact: fc.constant("ops@example.com"),
    metadata: fc.constant({ cost_center: "4711" }),
    name: fc.constant("Growth"),
  },
  { requiredKeys: ["scope", "amount", "period"] },
);

function made(body: object) {
  const { creation } = parseNewBudget(body, "bud_1");
  const outcome = newBudget(creation, { at: NOW, by: "token_1" });
  if (outcome.outcome === "invalid") throw new Error(outcome.problem);
  return outcome.budget;
}

describe("terms of a budget", () => {
  it("are the same after an answer, and after a request made of them", () => {
    fc.assert(
      fc.property(anyBody, (body) => {
        const budget = made(body);
        const read = existingBudget(toWireBudget(budget, NOW));
        const again = made({ scope: read.scope, ...termsToRequest(read) });
        expect(hasSameJson(again, budget)).toBe(true);
      }),
    );
  });

  it("are changed to those of another budget by a request made of the difference", () => {
    const budget = made({ scope: "team:growth", amount: "5", period: "daily", contact: "ops", rollover: {} });
    const update = { rollover: null, contact: null, spike: { times: "3", atLeast: budget.amount } };
    const { terms } = parseBudgetPatch(updateToRequest(update), budget);
    expect(hasSameJson(terms, update)).toBe(true);
  });
});
