import { parseInstant } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { builtInPriceBook } from "./built-in.ts";
import { aMetric, anOwnPrice } from "./fixtures.ts";
import { toOwnPriceFiles } from "./own-price-files.ts";
import { priceMetric } from "./price-metric.ts";

const input = (amount: string, fields: object = {}) => ({ per_million: { input: amount }, ...fields });

describe("own price files", () => {
  it("hold the prices of a model together, whichever was set first", () => {
    const { files, left } = toOwnPriceFiles([
      anOwnPrice(input("2", { effective_from: "2026-07-01" }), { names: ["nova-two"], contextWindow: 1000 }),
      anOwnPrice(input("1")),
      anOwnPrice(input("0.5", { when: { tier: "batch" } }), { services: ["acme_cloud"] }),
      anOwnPrice(input("3"), { model: "nova-2" }),
      anOwnPrice(input("4"), { provider: "other" }),
    ]);
    expect(left).toEqual([]);
    expect(files).toMatchObject([
      {
        provider: "acme",
        services: ["acme", "acme_cloud"],
        models: [{ id: "nova-1", names: ["nova-1", "nova-two"], contextWindow: 1000 }, { id: "nova-2" }],
      },
      { provider: "other" },
    ]);
    expect(files[0]?.models[0]?.rows.map(({ effectiveTo }) => effectiveTo)).toEqual([
      undefined,
      "2026-07-01T00:00:00.000Z",
      undefined,
    ]);
  });

  it("are without those that are not active", () => {
    expect(toOwnPriceFiles([anOwnPrice(input("1"), { isActive: false })]).files).toEqual([]);
  });

  it("go without a price that cannot be read, and say which", () => {
    const good = anOwnPrice(input("1"));
    const broken = { ...anOwnPrice(input("2", { effective_from: "2026-07-01" })) };
    const { files, left } = toOwnPriceFiles([
      good,
      { ...broken, row: { ...broken.row, per_million: { input: "cheap" } } },
    ]);
    expect(files[0]?.models[0]?.rows).toHaveLength(1);
    expect(left).toMatchObject([
      { price: { priceId: broken.priceId }, reason: expect.stringMatching(/must be US dollars/) },
    ]);
  });

  it("keep what was set first of two that cannot stand together", () => {
    const first = anOwnPrice(input("1", { effective_to: "2027-01-01" }));
    const second = anOwnPrice(input("2", { effective_from: "2026-01-01" }), {
      changedAt: parseInstant("2026-11-21T00:00:00Z"),
    });
    const { files, left } = toOwnPriceFiles([second, first]);
    expect(files[0]?.models[0]?.rows.map(({ id }) => id)).toEqual(["own/acme/nova-1/initial"]);
    expect(left.map(({ price }) => price.priceId)).toEqual([second.priceId]);
  });

  it("are a layer before the published prices", () => {
    const { files } = toOwnPriceFiles([anOwnPrice(input("1"), { provider: "openai", model: "gpt-4o" })]);
    const metric = aMetric({ model: "gpt-4o-2024-11-20", usage: { input: 1_000_000 } });
    expect(priceMetric(builtInPriceBook([files]), metric)).toMatchObject({
      priceId: "own/openai/gpt-4o/initial",
    });
  });
});
