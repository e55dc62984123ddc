import { parseInstant } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { builtInPriceBook } from "./built-in.ts";
import { aMetric } from "./fixtures.ts";
import { parseOverrides } from "./overrides.ts";
import { priceMetric } from "./price-metric.ts";

const contract = { source: "contract of 2026-05-01" };

function priceWith(overrides: object[], metric: Parameters<typeof aMetric>[0]) {
  const book = builtInPriceBook(parseOverrides(JSON.stringify({ providers: overrides })));
  return priceMetric(book, aMetric({ usage: { input: 1_000_000 }, ...metric }));
}

describe("override", () => {
  const cheaper = {
    provider: "openai",
    models: [
      { id: "gpt-4o", rows: [{ ...contract, effective_from: "2026-06-01", per_million: { input: "2.00" } }] },
    ],
  };

  it("wins over the book from its date on", () => {
    expect(
      priceWith([cheaper], { model: "gpt-4o", timestamp: parseInstant("2026-05-31T23:59:59.999Z") }),
    ).toMatchObject({
      priceId: "openai/gpt-4o/2024-10-02",
    });
    const after = priceWith([cheaper], { model: "gpt-4o", timestamp: parseInstant("2026-06-01T00:00:00Z") });
    expect(after).toMatchObject({ status: "priced", priceId: "override/openai/gpt-4o/2026-06-01" });
    expect("cost" in after && after.cost.toString()).toBe("2");
  });

  it("also reaches the dated snapshots that the book lists by themselves", () => {
    expect(priceWith([cheaper], { model: "gpt-4o-2024-08-06" })).toMatchObject({
      priceId: "override/openai/gpt-4o/2026-06-01",
    });
  });

  it("stands for itself: what it does not price has no price", () => {
    expect(priceWith([cheaper], { model: "gpt-4o", usage: { input: 1, output: 1 } })).toEqual({
      status: "unpriced",
      reason: "override/openai/gpt-4o/2026-06-01 has no price for output",
    });
  });

  it("adds a model to a provider under all its names", () => {
    const added = {
      provider: "google",
      models: [{ id: "gemini-9", rows: [{ ...contract, per_million: { input: "1" } }] }],
    };
    expect(priceWith([added], { service: "gemini", model: "models/gemini-9" })).toMatchObject({
      priceId: "override/google/gemini-9/initial",
    });
  });

  it("adds a provider", () => {
    const added = {
      provider: "acme",
      models: [{ id: "acme/nova", rows: [{ ...contract, per_million: { input: "1" } }] }],
    };
    expect(priceWith([added], { service: "acme", model: "acme/nova" })).toMatchObject({ status: "priced" });
  });

  it("leaves the other models to the book", () => {
    expect(priceWith([cheaper], { model: "gpt-4o-mini" })).toMatchObject({
      priceId: "openai/gpt-4o-mini/initial",
    });
  });
});

describe("override file", () => {
  it.each<[string, string, RegExp]>([
    ["text that is no JSON", "{", /the file: is not JSON/],
    ["a list", "[]", /the file: must be an object/],
    ["no providers", "{}", /providers: is missing/],
    [
      "a row without a source",
      '{"providers":[{"provider":"openai","models":[{"id":"m","rows":[{"per_million":{"input":"1"}}]}]}]}',
      /providers\[0\], models\[0\] m, rows\[0\], source: is missing/,
    ],
    [
      "a wrong price",
      '{"providers":[{"provider":"openai","models":[{"id":"m","rows":[{"source":"s","per_million":{"input":"1,5"}}]}]}]}',
      /rows\[0\], per_million, input: must be US dollars/,
    ],
    [
      "a provider twice",
      '{"providers":[{"provider":"a","models":[]},{"provider":"a","models":[]}]}',
      /"a" stands more than once/,
    ],
  ])("refuses %s, and says where", (_, text, message) => {
    expect(() => parseOverrides(text)).toThrow(message);
  });

  it("may be empty", () => {
    expect(parseOverrides('{"providers": []}')).toEqual([]);
  });
});
