import { describe, expect, it } from "vitest";
import { aMetric } from "./fixtures.ts";
import type { AIUsageMetric, Pricing } from "./metric.ts";
import { Money } from "./money.ts";
import { isSelected, type RestatementSelection, sameFigures } from "./restatement.ts";
import { parseInstant, parseUtcDate } from "./time.ts";

const usd = (text: string) => Money.parse(text);
const priced = (cost: string, given: object = {}): Pricing => ({
  status: "priced",
  cost: usd(cost),
  priceId: "row",
  ...given,
});
const reported = (cost: string, bookCost?: string): Pricing => ({
  status: "reported",
  cost: usd(cost),
  ...(bookCost !== undefined && { bookCost: usd(bookCost) }),
});
const unpriced: Pricing = { status: "unpriced", reason: "no price is known", units: [] };

describe("selection of metrics to price anew", () => {
  const days = { from: parseUtcDate("2026-11-20"), to: parseUtcDate("2026-11-21"), onlyUnpriced: false };
  const selected = (given: Partial<RestatementSelection>, metric: Partial<AIUsageMetric> = {}) =>
    isSelected({ ...days, ...given }, aMetric(metric));

  it("is of UTC days, both included", () => {
    const times = [
      "2026-11-19T23:59:59.999Z",
      "2026-11-20T00:00:00Z",
      "2026-11-21T23:59:59.999Z",
      "2026-11-22T00:00:00Z",
    ];
    expect(times.map((time) => selected({}, { timestamp: parseInstant(time) }))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it("may be of a service, a model, an operation, or of all of them", () => {
    expect(selected({ service: "openai", model: "gpt-4o", operation: "chat.completions" })).toBe(true);
    expect(selected({ service: "anthropic" })).toBe(false);
    expect(selected({ service: "openai", model: "gpt-4" })).toBe(false);
    expect(selected({ operation: "chat" })).toBe(false);
  });

  it("has the calls in which a model ran beside another, and those that asked for it", () => {
    const alsoUsed = [{ model: "mini", usage: { input: 1 } }];
    expect(selected({ model: "mini" }, { alsoUsed })).toBe(true);
    expect(selected({ model: "mini" }, { requested: { model: "mini" } })).toBe(true);
    expect(selected({ model: "mini" }, { model: undefined })).toBe(false);
  });
});

describe("figures of two prices", () => {
  it("are the same where the amounts are, whatever row they follow from", () => {
    expect(sameFigures(priced("1"), priced("1.00", { priceId: "another" }))).toBe(true);
    expect(sameFigures(priced("1"), priced("1", { listCost: usd("1"), alsoUsedCosts: [] }))).toBe(true);
    expect(sameFigures(unpriced, { ...unpriced, reason: "still none", units: ["image"] })).toBe(true);
    expect(sameFigures(reported("1", "2"), reported("1", "2"))).toBe(true);
    expect(sameFigures(reported("1"), reported("1"))).toBe(true);
  });

  it.each<[string, Pricing, Pricing]>([
    ["the cost", priced("1"), priced("1.000000000000000001")],
    ["the list price", priced("1"), priced("1", { listCost: usd("2") })],
    [
      "a model's part",
      priced("1", { alsoUsedCosts: [usd("0.5")] }),
      priced("1", { alsoUsedCosts: [usd("0.4")] }),
    ],
    ["a model's part that was not known", priced("1"), priced("1", { alsoUsedCosts: [usd("0.5")] })],
    ["the book's figure", reported("1", "2"), reported("1", "3")],
    ["a figure of the book where there was none", reported("1"), reported("1", "0")],
    ["who says it", priced("1"), reported("1")],
    ["that there is a price, of zero", unpriced, priced("0")],
  ])("differ by %s", (_, before, after) => {
    expect(sameFigures(before, after)).toBe(false);
    expect(sameFigures(after, before)).toBe(false);
  });
});
