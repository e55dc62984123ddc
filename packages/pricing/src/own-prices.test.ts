import { parseInstant } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { builtInPriceBook } from "./built-in.ts";
import { aMetric } from "./fixtures.ts";
import { parseOwnPrices } from "./own-prices.ts";
import { priceMetric } from "./price-metric.ts";

const contract = { source: "contract of 2026-05-01" };

function priceWith(providers: object[], metric: Parameters<typeof aMetric>[0]) {
  const book = builtInPriceBook([parseOwnPrices({ providers })]);
  return priceMetric(book, aMetric({ usage: { input: 1_000_000 }, ...metric }));
}

describe("own price", () => {
  const cheaper = {
    provider: "openai",
    models: [
      { id: "gpt-4o", rows: [{ ...contract, effective_from: "2026-06-01", per_million: { input: "2.00" } }] },
    ],
  };

  it("wins over the book from its date on", () => {
    const before = priceWith([cheaper], {
      model: "gpt-4o",
      timestamp: parseInstant("2026-05-31T23:59:59.999Z"),
    });
    expect(before).toMatchObject({ priceId: "openai/gpt-4o/2024-10-02" });
    const after = priceWith([cheaper], { model: "gpt-4o", timestamp: parseInstant("2026-06-01T00:00:00Z") });
    expect(after).toMatchObject({ status: "priced", priceId: "own/openai/gpt-4o/2026-06-01" });
    expect("cost" in after && after.cost.toString()).toBe("2");
  });

  it("also reaches the dated snapshots that the book lists by themselves", () => {
    expect(priceWith([cheaper], { model: "gpt-4o-2024-08-06" })).toMatchObject({
      priceId: "own/openai/gpt-4o/2026-06-01",
    });
  });

  it("stands for itself: tokens that it does not price have no price", () => {
    expect(priceWith([cheaper], { model: "gpt-4o", usage: { input: 1, output: 1 } })).toEqual({
      status: "unpriced",
      reason: "own/openai/gpt-4o/2026-06-01 has no price for output",
      units: ["output"],
    });
  });

  it("adds a model to a provider under all its names", () => {
    const added = {
      provider: "google",
      models: [{ id: "gemini-9", rows: [{ ...contract, per_million: { input: "1" } }] }],
    };
    expect(priceWith([added], { service: "gemini", model: "models/gemini-9" })).toMatchObject({
      priceId: "own/google/gemini-9/initial",
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
      priceId: expect.stringMatching(/^openai\/gpt-4o-mini\//),
    });
  });
});

describe("own factor", () => {
  const factor = (rows: object[]) => ({ provider: "openai", models: [{ id: "gpt-4o", rows }] });
  const half = { ...contract, when: { tier: "overnight" }, multiply: "0.5" };
  const overnight = { model: "gpt-4o", served: { tier: "overnight" } };

  it("is on the published prices of a model without own ones", () => {
    expect(priceWith([], overnight)).toMatchObject({ status: "unpriced" });
    expect(JSON.parse(JSON.stringify(priceWith([factor([half])], overnight)))).toMatchObject({
      cost: "1.25",
      priceId: "openai/gpt-4o/2024-10-02",
    });
  });

  it("is on the own prices of a model that has them", () => {
    const own = { ...contract, per_million: { input: "2.00" } };
    expect(JSON.parse(JSON.stringify(priceWith([factor([own, half])], overnight)))).toMatchObject({
      cost: "1",
      priceId: "own/openai/gpt-4o/initial",
    });
  });
});

describe("own price list", () => {
  it.each<[string, unknown, RegExp]>([
    ["a list", [], /the file: must be an object/],
    ["no providers", {}, /providers: is missing/],
    [
      "a row without a source",
      { providers: [{ provider: "openai", models: [{ id: "m", rows: [{ per_million: { input: "1" } }] }] }] },
      /providers\[0\], models\[0\] m, rows\[0\], source: is missing/,
    ],
    [
      "a wrong price",
      {
        providers: [
          {
            provider: "openai",
            models: [{ id: "m", rows: [{ source: "s", per_million: { input: "1,5" } }] }],
          },
        ],
      },
      /rows\[0\], per_million, input: must be US dollars/,
    ],
    [
      "a provider twice",
      {
        providers: [
          { provider: "a", models: [] },
          { provider: "a", models: [] },
        ],
      },
      /"a" stands more than once/,
    ],
  ])("refuses %s, and says where", (_, value, message) => {
    expect(() => parseOwnPrices(value)).toThrow(message);
  });

  it("may be empty", () => {
    expect(parseOwnPrices({ providers: [] })).toEqual([]);
  });
});
