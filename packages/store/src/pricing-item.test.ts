import { Money, type Pricing, parseInstant } from "@ai-usage/core";
import { NumberValue } from "@aws-sdk/lib-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, it } from "vitest";
import { InvalidItemError } from "./errors.ts";
import { type Item, ItemReader } from "./item.ts";
import {
  pricingAttributes,
  readFormerPricing,
  readPricing,
  toFormerPricing,
  toPricingAttributes,
} from "./pricing-item.ts";

const usd = (text: string) => Money.parse(text);
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
/** What an engine gives back for what it was given. */
const stored = (item: Item): Item =>
  unmarshall(marshall(item, { removeUndefinedValues: true }), { wrapNumbers: true });

const pricings: [string, Pricing, Item][] = [
  [
    "priced",
    { status: "priced", cost: usd("0.000000075"), priceId: "row" },
    { pricing_status: "priced", cost_usd: "0.000000075", price_id: "row" },
  ],
  [
    "priced with a discount, and with other models",
    {
      status: "priced",
      cost: usd("8"),
      priceId: "row",
      listCost: usd("10"),
      alsoUsedCosts: [usd("0"), usd("0.1")],
    },
    {
      pricing_status: "priced",
      cost_usd: "8",
      price_id: "row",
      list_cost_usd: "10",
      also_used_costs_usd: ["0", "0.1"],
    },
  ],
  ["reported", { status: "reported", cost: usd("1") }, { pricing_status: "reported", cost_usd: "1" }],
  [
    "reported, and priced by the book",
    { status: "reported", cost: usd("1"), bookCost: usd("0.9"), priceId: "row" },
    { pricing_status: "reported", cost_usd: "1", book_cost_usd: "0.9", price_id: "row" },
  ],
  [
    "unpriced",
    { status: "unpriced", reason: "no price is known", units: [] },
    { pricing_status: "unpriced", unpriced_reason: "no price is known" },
  ],
  [
    "unpriced for some units",
    { status: "unpriced", reason: "row has no price for image", units: ["image", "x_magic"] },
    {
      pricing_status: "unpriced",
      unpriced_reason: "row has no price for image",
      unpriced_units: ["image", "x_magic"],
    },
  ],
];

describe("price of a metric", () => {
  it.each(pricings)("is stored when it is %s, and read back as it was", (_, pricing, attributes) => {
    const item = stored(toPricingAttributes(pricing));
    const texts = Object.entries(item).map(([name, value]) => [
      name,
      value instanceof NumberValue ? value.toString() : value,
    ]);
    expect(Object.fromEntries(texts)).toEqual(attributes);
    expect(plain(readPricing(new ItemReader(item)))).toEqual(plain(pricing));
  });

  it("has no attribute that is not removed when a metric is priced anew", () => {
    const known: readonly string[] = pricingAttributes;
    const names = pricings.flatMap(([, pricing]) => Object.keys(toPricingAttributes(pricing)));
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
    expect(known.filter((name) => !names.includes(name))).toEqual([]);
  });

  it.each(pricings)("is kept as a former one when it was %s", (_, pricing) => {
    const former = { pricing, restatementId: "rst_1", until: parseInstant("2026-11-25T08:00:00Z") };
    const item = stored(toFormerPricing(former));
    expect(item).toMatchObject({ restatement_id: "rst_1", until: "2026-11-25T08:00:00.000Z" });
    expect(plain(readFormerPricing(new ItemReader(item)))).toEqual(plain(former));
  });

  it.each<[string, Item]>([
    ["pricing_status", { pricing_status: "free" }],
    ["cost_usd", { cost_usd: "8" }],
    ["cost_usd", { cost_usd: undefined }],
    ["price_id", { price_id: undefined }],
    ["list_cost_usd", { list_cost_usd: "10" }],
    ["also_used_costs_usd", { also_used_costs_usd: [1] }],
    ["also_used_costs_usd", { also_used_costs_usd: ["much"] }],
    ["also_used_costs_usd", { also_used_costs_usd: "0.1" }],
    ["unpriced_reason", { pricing_status: "unpriced" }],
    ["unpriced_units", { pricing_status: "unpriced", unpriced_reason: "r", unpriced_units: [1] }],
    ["book_cost_usd", { pricing_status: "reported", book_cost_usd: "1" }],
  ])("names %s when it is not what it must be: %j", (attribute, given) => {
    const item = { ...stored(toPricingAttributes(pricings[1]?.[1] as Pricing)), ...given };
    expect(() => readPricing(new ItemReader(item))).toThrow(InvalidItemError);
    expect(() => readPricing(new ItemReader(item))).toThrow(new RegExp(`^${attribute} `));
  });
});
