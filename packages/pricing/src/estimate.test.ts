import { describe, expect, it } from "vitest";
import { decideUnpriced, estimateUnpriced } from "./estimate.ts";
import { aMetric } from "./fixtures.ts";
import { PriceBook } from "./price-book.ts";
import { parsePriceFile } from "./price-file.ts";

const provenance = { source: "https://example.com/prices", checked_on: "2026-11-22", verified: true };
const model = (id: string, input: string, fields: object = {}) => ({
  id,
  rows: [{ per_million: { input, output: "10" }, ...provenance, ...fields }],
});
const fileOf = (provider: string, ...models: object[]) => parsePriceFile({ provider, models });

const book = PriceBook.build([
  [
    fileOf(
      "acme",
      model("nova-5.1", "3"),
      model("nova-5.1-mini", "1"),
      model("nova-4", "30"),
      model("star-9", "90"),
      model("nova-5.2", "99", { effective_from: "2027-01-01" }),
      model("nova-5.3", "99", { when: { tier: "batch" } }),
      { id: "painter", rows: [{ per_unit: { image: "0.04" }, ...provenance }] },
    ),
    fileOf("other", model("alpha", "50"), {
      id: "reader",
      rows: [{ per_unit: { page: "1" }, ...provenance }],
    }),
  ],
]);
const call = (given: Parameters<typeof aMetric>[0]) => aMetric({ service: "acme", ...given });
const estimate = (given: Parameters<typeof aMetric>[0]) =>
  JSON.parse(JSON.stringify(estimateUnpriced(book, call(given)) ?? null));

describe("estimate of a call without a price", () => {
  it("is what the dearest of the nearest siblings costs", () => {
    expect(estimate({ model: "nova-5.9", usage: { input: 1_000_000 } })).toEqual({
      cost: "3",
      rowId: "acme/nova-5.1/initial",
      leftOut: [],
    });
    expect(estimate({ model: "models/nova-4-turbo", usage: { input: 1_000_000 } })).toMatchObject({
      rowId: "acme/nova-4/initial",
    });
  });

  it("looks at all of the provider where no name begins alike", () => {
    expect(estimate({ model: "zeta", usage: { input: 1_000_000 } })).toMatchObject({ cost: "90" });
  });

  it("asks those only that price what was used", () => {
    expect(estimate({ model: "nova-5.9", usage: { image: 2 } })).toMatchObject({
      cost: "0.08",
      rowId: "acme/painter/initial",
    });
  });

  it("asks other providers where the provider is not known, or prices nothing of the kind", () => {
    expect(estimate({ service: "nobody", model: "alpha-2", usage: { input: 1_000_000 } })).toMatchObject({
      rowId: "other/alpha/initial",
    });
    expect(estimate({ model: "nova-5.9", usage: { page: 3 } })).toMatchObject({ cost: "3" });
  });

  it("leaves out units that nobody knows, and says so", () => {
    expect(estimate({ model: "nova-5.9", usage: { input: 1_000_000, x_dreams: 4 } })).toEqual({
      cost: "3",
      rowId: "acme/nova-5.1/initial",
      leftOut: ["x_dreams"],
    });
  });

  it("has the models of the call that are priced at their price", () => {
    const alsoUsed = [{ model: "nova-9", usage: { input: 1_000_000 } }];
    expect(estimate({ model: "nova-5.1-mini", usage: { input: 1_000_000 }, alsoUsed })).toMatchObject({
      cost: "31",
      rowId: "acme/nova-4/initial",
    });
  });

  it.each([
    ["nothing was used", { model: "nova-5.9", usage: {} }],
    ["nothing but unknown units was", { model: "nova-5.9", usage: { x_dreams: 1 } }],
    ["nobody prices what was", { model: "nova-5.9", usage: { session: 1 } }],
  ])("is none where %s", (_, given) => {
    expect(estimate(given)).toBeNull();
  });
});

describe("what becomes of a call where a budget is enforced", () => {
  const decide = (policy: "allow" | "estimate" | "block", given: Parameters<typeof aMetric>[0]) =>
    JSON.parse(JSON.stringify(decideUnpriced(policy, book, call(given))));
  const unknown = { model: "nova-5.9", usage: { input: 1_000_000 } };

  it("is what the policy says, when it has no price", () => {
    expect(decide("allow", unknown)).toEqual({ policy: "allow", action: "allow" });
    expect(decide("block", unknown)).toEqual({ policy: "block", action: "block" });
    expect(decide("estimate", unknown)).toMatchObject({
      policy: "estimate",
      action: "allow",
      estimate: { cost: "3" },
    });
  });

  it("is that it is blocked, when it is to be estimated and cannot be", () => {
    expect(decide("estimate", { model: "nova-5.9", usage: { session: 1 } })).toEqual({
      policy: "estimate",
      action: "block",
    });
  });

  it("is that it is allowed, when it has a price", () => {
    expect(decide("block", { model: "nova-4", usage: { input: 1 } })).toEqual({
      policy: "block",
      action: "allow",
    });
  });
});
