import { type AIUsageMetric, Money, parseInstant, type UsageUnit } from "@ai-usage/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { builtInPriceBook } from "./built-in.ts";
import { aBook, aCall, aMetric, aPriceFile } from "./fixtures.ts";
import { parseOwnPrices } from "./own-prices.ts";
import { PriceBook } from "./price-book.ts";
import { parsePriceFile } from "./price-file.ts";
import { type Quote, quote } from "./quote.ts";

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const linesOf = ({ lines }: Quote) =>
  lines.map(({ unit, quantity, amount }) => [unit, quantity, amount.toString()]);

const tiered = aBook({
  per_million: { input: "1", cache_read: "0.1", output: "4" },
  per_unit: { search: "0.01" },
  variants: [
    { when: { prompt_over: 200_000 }, per_million: { input: "2", cache_read: "0.2", output: "6" } },
    { when: { prompt_from: 500_000 }, per_million: { input: "3", cache_read: "0.3", output: "9" } },
    { when: { tier: "batch" }, multiply: "0.5" },
    { when: { region: "us" }, multiply: "1.1" },
  ],
});

describe("quote", () => {
  it("tells line by line how the cost comes about", () => {
    const call = aCall({
      usage: { input: 1_000, cache_read: 500, output: 20, search: 2 },
      served: { region: "US" },
    });
    expect(plain(quote(tiered, call))).toEqual({
      pricingStatus: "priced",
      cost: "0.021243",
      listCost: "0.021243",
      priceId: "acme/nova-1/initial",
      lines: [
        ["input", 1_000, "0.0000011", "0.0011"],
        ["cache_read", 500, "0.00000011", "0.000055"],
        ["output", 20, "0.0000044", "0.000088"],
        ["search", 2, "0.01", "0.02"],
      ].map(([unit, quantity, unitPrice, amount]) => ({
        model: "nova-1",
        unit,
        quantity,
        unitPrice,
        amount,
        rowId: "acme/nova-1/initial",
        multiplierIds: unit === "search" ? [] : ["acme/nova-1/initial/region=us"],
      })),
      adjustments: [],
      unpricedUnits: [],
      alsoUsedCosts: [],
      volumes: [],
      warnings: [],
    });
  });

  it.each([
    [199_999, "0.199999"],
    [200_000, "0.2"],
    [200_001, "0.400002"],
    [499_999, "0.999998"],
    [500_000, "1.5"],
  ])("bills a prompt of %i tokens by its tier, all of it", (input, cost) => {
    expect(quote(tiered, aCall({ usage: { input } })).cost?.toString()).toBe(cost);
  });

  it("finds the tier of several identical calls by one of them", () => {
    const costOf = (input: number) =>
      quote(tiered, aCall({ usage: { input }, callCount: 2 })).cost?.toString();
    expect([costOf(400_000), costOf(400_002)]).toEqual(["0.4", "0.800004"]);
  });

  it("charges each call where the price is per request, unless told how many were billed", () => {
    const perRequest = aBook({ per_unit: { request: "0.017" } });
    const costOf = (usage: AIUsageMetric["usage"]) =>
      quote(perRequest, aCall({ usage, callCount: 3 })).cost?.toString();
    expect([costOf({}), costOf({ request: 1 }), costOf({ request: 0 })]).toEqual(["0.051", "0.017", "0"]);
  });

  it("bills the least quantity for each call, of what was used at all", () => {
    const audio = aBook({ per_unit: { second: "0.001", image: "1" }, minimum: { second: 10 } });
    const linesFor = (second: number, callCount = 1) =>
      linesOf(quote(audio, aCall({ usage: { second }, callCount })));
    expect(linesFor(3)).toEqual([["second", 10, "0.01"]]);
    expect(linesFor(11)).toEqual([["second", 11, "0.011"]]);
    expect(linesFor(21, 3)).toEqual([["second", 30, "0.03"]]);
    expect(linesFor(0)).toEqual([]);
  });

  it("rounds an amount once, half to even, where a factor leaves a fraction of 10⁻¹⁸", () => {
    const tiny = aBook(
      { per_million: { input: "0.000000000001" } },
      { when: { tier: "batch" }, multiply: "0.5" },
    );
    const costOf = (input: number) =>
      quote(tiny, aCall({ usage: { input }, served: { tier: "batch" } })).cost?.toString();
    expect([1, 3, 4].map(costOf)).toEqual(["0", "0.000000000000000002", "0.000000000000000002"]);
  });
});

describe("a call without a price", () => {
  const unpriced = (given: Partial<AIUsageMetric>) => {
    const { pricingStatus, cost, listCost, priceId, reason, unpricedUnits } = quote(tiered, aCall(given));
    expect({ pricingStatus, cost, listCost, priceId }).toEqual({ pricingStatus: "unpriced" });
    return [reason, unpricedUnits];
  };

  it("names the units that have none, and keeps the lines of those that have", () => {
    const usage = { input: 10, audio_input: 5, page: 1, image: 0 };
    expect(unpriced({ usage })).toEqual([
      "acme/nova-1/initial has no price for audio_input, page",
      ["audio_input", "page"],
    ]);
    expect(linesOf(quote(tiered, aCall({ usage })))).toEqual([["input", 10, "0.00001"]]);
  });

  it("names a unit that nobody knows, unless nothing of it was used", () => {
    expect(unpriced({ usage: { input: 1, x_magic_tokens: 1 } })).toEqual([
      "acme/nova-1/initial has no price for x_magic_tokens",
      ["x_magic_tokens"],
    ]);
    expect(quote(tiered, aCall({ usage: { input: 1, x_magic_tokens: 0 } })).pricingStatus).toBe("priced");
  });

  it("says whether it is the model, the date, the tier or the usage that is missing", () => {
    expect(unpriced({ model: "nova-9", usage: { input: 1 } })).toEqual([
      "no price is known for acme nova-9",
      ["input"],
    ]);
    expect(unpriced({ service: "nobody", usage: { input: 1 } })[0]).toBe(
      "no price is known for nobody nova-1",
    );
    expect(unpriced({ usage: { input: 1 }, served: { tier: "Flex" } })[0]).toBe(
      "no price is known for acme nova-1 in the tier flex on 2026-11-21: its rows are for other dates or conditions",
    );
    expect(unpriced({ usage: { image: 1 }, served: { tier: "batch" } })[0]).toBe(
      "acme/nova-1/initial has no price for image in the tier batch",
    );
    expect(unpriced({})[0]).toBe("no usage was reported, and acme/nova-1/initial has no price per request");
    const ended = aBook({ per_million: { input: "1" }, effective_to: "2026-11-21" });
    expect(quote(ended, aCall({ usage: { input: 1 } })).reason).toBe(
      "no price is known for acme nova-1 on 2026-11-21: its rows are for other dates or conditions",
    );
  });

  it("is not one that used nothing, if it says so", () => {
    expect(quote(tiered, aCall({ usage: { input: 0, output: 0 } }))).toMatchObject({
      pricingStatus: "priced",
      cost: Money.zero,
      priceId: "acme/nova-1/initial",
    });
  });

  it("is none whose price is zero", () => {
    const free = aBook({ per_million: { input: "0" } });
    expect(quote(free, aCall({ usage: { input: 5 } })).cost?.toString()).toBe("0");
  });

  it("is one of a tier that is called as something of JavaScript", () => {
    for (const tier of ["constructor", "toString", "__proto__"])
      expect(unpriced({ usage: { input: 1 }, served: { tier } })[0]).toBe(
        `no price is known for acme nova-1 in the tier ${tier.toLowerCase()} on 2026-11-21: its rows are for other dates or conditions`,
      );
  });

  it("is found by its operation where it has no model", () => {
    const operation = aCall({ model: undefined, operation: "nova-1", usage: { input: 1 } });
    expect(quote(tiered, operation).pricingStatus).toBe("priced");
  });
});

describe("what was served", () => {
  const costAndWarnings = (given: Partial<AIUsageMetric>) => {
    const { cost, warnings } = quote(tiered, aCall({ usage: { input: 100_000 }, ...given }));
    return [cost?.toString(), ...warnings];
  };

  it("beats what was asked for, with a warning", () => {
    expect(costAndWarnings({ served: { tier: "standard" }, requested: { tier: "batch" } })).toEqual([
      "0.1",
      "priced by the tier that was served, standard; batch was asked for",
    ]);
    expect(costAndWarnings({ served: { region: "us" }, requested: { region: "eu" } })).toEqual([
      "0.11",
      "priced by the region that was served, us; eu was asked for",
    ]);
    expect(costAndWarnings({ requested: { model: "nova-0" } })).toEqual([
      "0.1",
      "priced by the model that was served, nova-1; nova-0 was asked for",
    ]);
  });

  it("is what was asked for where the answer does not say", () => {
    expect(costAndWarnings({ requested: { tier: "batch", region: "US" } })).toEqual(["0.055"]);
    expect(costAndWarnings({ served: { region: "us" }, requested: { tier: "batch" } })).toEqual(["0.055"]);
    expect(costAndWarnings({ model: undefined, requested: { model: "nova-1" } })).toEqual(["0.1"]);
  });

  it("is no other for being called by another name", () => {
    expect(costAndWarnings({ served: { tier: "default" }, requested: { tier: "auto" } })).toEqual(["0.1"]);
    expect(costAndWarnings({ served: { region: "us" }, requested: { region: "US" } })).toEqual(["0.11"]);
    expect(costAndWarnings({ model: "nova-1-2026-01-01", requested: { model: "Nova-1" } })).toEqual(["0.1"]);
  });

  it("prices images by size and quality, in any case", () => {
    const images = aBook(
      { per_unit: { image: "0.04" } },
      { when: { quality: "HD", size: "1024x1792", resolution: "2K" }, per_unit: { image: "0.12" } },
    );
    const served = { quality: "hd", size: "1024X1792", resolution: "2k" };
    expect(quote(images, aCall({ usage: { image: 2 }, served })).cost?.toString()).toBe("0.24");
    expect(quote(images, aCall({ usage: { image: 2 } })).cost?.toString()).toBe("0.08");
  });
});

describe("the provider's own figure", () => {
  const reportedCost = Money.parse("0.7");

  it("beats the book, and both are kept", () => {
    const quoted = quote(tiered, aCall({ usage: { input: 100_000 }, reportedCost }));
    expect(quoted).toMatchObject({ pricingStatus: "reported", priceId: "acme/nova-1/initial" });
    expect([quoted.cost, quoted.reportedCost, quoted.listCost].map(String)).toEqual(["0.7", "0.7", "0.1"]);
    expect(linesOf(quoted)).toEqual([["input", 100_000, "0.1"]]);
  });

  it("stands alone where the book has no price, and the units without one are named", () => {
    const quoted = quote(tiered, aCall({ usage: { input: 1, image: 1 }, reportedCost }));
    expect(quoted).toMatchObject({ pricingStatus: "reported", unpricedUnits: ["image"] });
    expect([quoted.cost?.toString(), quoted.listCost, quoted.priceId]).toEqual(["0.7", undefined, undefined]);
    expect(quote(tiered, aCall({ reportedCost: Money.zero })).cost?.toString()).toBe("0");
  });
});

describe("a failed call", () => {
  const error = "RateLimitError";

  it("costs nothing where it used nothing, whatever it was", () => {
    const free = { pricingStatus: "priced", cost: Money.zero, priceId: "rule/failed-call", lines: [] };
    expect(quote(tiered, aCall({ error }))).toMatchObject(free);
    expect(quote(tiered, aCall({ error, model: "nova-9", usage: { input: 0 } }))).toMatchObject(free);
    expect(quote(aBook({ per_unit: { request: "1" } }), aCall({ error }))).toMatchObject(free);
  });

  it("costs what it used", () => {
    expect(quote(tiered, aCall({ error, usage: { input: 1_000_000 } })).cost?.toString()).toBe("3");
    expect(quote(tiered, aCall({ error, model: "nova-9", usage: { input: 1 } })).pricingStatus).toBe(
      "unpriced",
    );
  });

  it("costs what other models used in it", () => {
    const alsoUsed = [{ model: "nova-1", usage: { output: 1_000 } }];
    const quoted = quote(tiered, aCall({ error, model: "nova-9", alsoUsed }));
    expect(quoted).toMatchObject({ pricingStatus: "priced", priceId: "rule/failed-call" });
    expect([quoted.cost, ...quoted.alsoUsedCosts].map(String)).toEqual(["0.004", "0.004"]);
    const idle = quote(tiered, aCall({ error, alsoUsed: [{ model: "nova-9", usage: {} }] }));
    expect([idle.cost, ...idle.alsoUsedCosts].map(String)).toEqual(["0", "0"]);
  });
});

describe("a refused call", () => {
  const rows = (free: boolean) => ({ per_million: { input: "1", output: "4" }, free_refusals: free });
  const book = (free: boolean) =>
    aBook({ ...rows(free), variants: [{ when: { tier: "batch" }, multiply: "0.5" }] });
  const refused = (given: Partial<AIUsageMetric>) =>
    aCall({ usage: { input: 1_000_000, output: 0 }, refusal: "before_output", ...given });

  it("costs nothing before any output, where the provider does not bill it", () => {
    const free = { pricingStatus: "priced", cost: Money.zero, priceId: "rule/free-refusal", lines: [] };
    expect(quote(book(true), refused({}))).toMatchObject(free);
    expect(quote(book(true), refused({ served: { tier: "batch" } }))).toMatchObject(free);
    expect(quote(book(false), refused({})).cost?.toString()).toBe("1");
  });

  it("costs what it used after output has begun", () => {
    expect(quote(book(true), refused({ refusal: "after_output" })).cost?.toString()).toBe("1");
  });

  it("costs what other models used in it", () => {
    const alsoUsed = [{ model: "x/nova-1", usage: { output: 1_000_000 } }];
    const quoted = quote(book(true), refused({ alsoUsed }));
    expect(quoted.priceId).toBe("rule/free-refusal");
    expect([quoted.cost, ...quoted.alsoUsedCosts].map(String)).toEqual(["4", "4"]);
    expect(quoted.lines.map(({ model }) => model)).toEqual(["x/nova-1"]);
  });
});

describe("a call in which several models ran", () => {
  const file = (id: string, row: object) => ({
    id,
    rows: [{ source: "https://example.com", checked_on: "2026-11-22", verified: true, ...row }],
  });
  const book = PriceBook.build([
    [
      parsePriceFile({
        provider: "acme",
        models: [
          file("big", { per_million: { input: "10", output: "40" } }),
          file("small", {
            per_million: { input: "1", output: "4" },
            variants: [{ when: { prompt_over: 1_000 }, per_million: { input: "2", output: "8" } }],
          }),
        ],
      }),
    ],
  ]);
  const call = aCall({
    model: "big",
    usage: { input: 1_000, output: 100 },
    alsoUsed: [
      { model: "small", usage: { input: 1_000, output: 500 } },
      { model: "small", usage: { input: 1_001 } },
    ],
  });

  it("costs what each of them does, each by the length of its own prompt", () => {
    const quoted = quote(book, call);
    expect([quoted.cost, quoted.listCost, ...quoted.alsoUsedCosts].map(String)).toEqual([
      "0.019002",
      "0.019002",
      "0.003",
      "0.002002",
    ]);
    expect(quoted.lines.map(({ model, unit, amount }) => [model, unit, String(amount)])).toEqual([
      ["big", "input", "0.01"],
      ["big", "output", "0.004"],
      ["small", "input", "0.001"],
      ["small", "output", "0.002"],
      ["small", "input", "0.002002"],
    ]);
    expect(quoted.priceId).toBe("acme/big/initial");
  });

  it("has no price where one of them has none, and names a unit once", () => {
    const alsoUsed = [
      { model: "small", usage: { image: 1 } },
      { model: "unknown", usage: { image: 1, input: 1 } },
    ];
    const quoted = quote(book, { ...call, alsoUsed });
    expect(quoted).toMatchObject({
      pricingStatus: "unpriced",
      reason: "acme/small/initial has no price for image",
      unpricedUnits: ["image", "input"],
      alsoUsedCosts: [],
    });
  });
});

describe("warning", () => {
  const seeded = { per_million: { input: "1" }, verified: false };

  it("tells a price that was not checked, once", () => {
    const book = aBook({ ...seeded, per_unit: { image: "1" } });
    expect(quote(book, aCall({ usage: { input: 1, image: 1 } })).warnings).toEqual([
      "the price acme/nova-1/initial was not checked against the provider's own page",
    ]);
    expect(quote(book, aCall({ usage: { input: 0 } })).warnings).toEqual([]);
  });

  it("tells nothing of an own price, which no provider's page has", () => {
    const models = [{ id: "nova-1", rows: [{ per_million: { input: "1" }, source: "contract" }] }];
    const book = PriceBook.build([parseOwnPrices({ providers: [{ provider: "acme", models }] })]);
    const quoted = quote(book, aCall({ usage: { input: 1 } }));
    expect(quoted).toMatchObject({ priceId: "own/acme/nova-1/initial", warnings: [] });
  });

  it("tells whose price it is where that is another provider's", () => {
    const reseller = parsePriceFile({ provider: "reseller", models: [], falls_back_to: ["acme"] });
    const book = PriceBook.build([[reseller, parsePriceFile(aPriceFile(seeded))]]);
    expect(quote(book, aCall({ service: "reseller", usage: { input: 1 } })).warnings).toEqual([
      "priced as acme lists it, since reseller has no price of its own here: acme/nova-1/initial",
    ]);
  });

  it("tells which of the provider's counts do not add up", () => {
    const usageProblems = ["usage.total_tokens is 5, and the parts are 4"];
    expect(quote(tiered, aCall({ usage: { input: 4 }, usageProblems })).warnings).toEqual([
      "the provider's counts do not add up: usage.total_tokens is 5, and the parts are 4",
    ]);
  });
});

describe("quote of any usage", () => {
  const units: UsageUnit[] = ["input", "cache_read", "cache_write_5m", "output", "search"];
  const price = fc.tuple(fc.integer({ min: 0, max: 999 }), fc.integer({ min: 0, max: 999_999_999 }));
  const priceText = price.map(([whole, fraction]) => `${whole}.${String(fraction).padStart(12, "0")}`);
  const prices = fc
    .tuple(...units.map(() => priceText))
    .map((texts) => new Map(units.map((unit, index) => [unit, texts[index] ?? "0"])));
  const usage = fc.dictionary(fc.constantFrom(...units), fc.nat());

  it("is the exact sum of quantity times price", () => {
    fc.assert(
      fc.property(prices, usage, (listed, used) => {
        const book = aBook({ per_million: Object.fromEntries(listed) });
        const quoted = quote(book, aCall({ usage: { input: 0, ...used } }));
        const expected = Object.entries(used).map(([unit, quantity]) =>
          Money.parse(listed.get(unit as UsageUnit) ?? "0")
            .times(BigInt(quantity))
            .dividedBy(1_000_000n),
        );
        expect(quoted.cost?.toString()).toBe(Money.sum(expected).toString());
        expect(Money.sum(quoted.lines.map(({ amount }) => amount)).toString()).toBe(
          quoted.listCost?.toString(),
        );
      }),
    );
  });

  it("does not depend on how the calls are grouped or ordered", () => {
    const book = aBook({
      per_million: Object.fromEntries(units.map((unit, index) => [unit, `${index}.000000000007`])),
    });
    const costOf = (used: AIUsageMetric["usage"], callCount = 1) =>
      quote(book, aCall({ usage: { input: 0, ...used }, callCount })).cost ?? Money.parse("-1");
    fc.assert(
      fc.property(fc.array(usage, { maxLength: 8 }), (calls) => {
        const together: Partial<Record<UsageUnit, number>> = {};
        for (const call of calls)
          for (const unit of units) together[unit] = (together[unit] ?? 0) + (call[unit] ?? 0);
        const whole = costOf(together, Math.max(1, calls.length)).toString();
        const costs = calls.map((call) => costOf(call));
        expect(Money.sum(costs).toString()).toBe(whole);
        expect(Money.sum(costs.reverse()).toString()).toBe(whole);
      }),
    );
  });

  it("sums a million events of $0.000000075 exactly", () => {
    const book = aBook({ per_million: { input: "0.075" } });
    const call = aCall({ usage: { input: 1 } });
    let total = Money.zero;
    for (let n = 0; n < 1_000_000; n += 1) total = total.plus(quote(book, call).cost ?? Money.zero);
    expect(quote(book, call).cost?.toString()).toBe("0.000000075");
    expect(total.toString()).toBe("0.075");
  });
});

describe("quote of any metric", () => {
  const books = [builtInPriceBook(), tiered];
  const text = fc.oneof(fc.string(), fc.constantFrom("gpt-4o", "openai", "acme", "nova-1", "batch", "us"));
  const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const unit = fc.oneof(
    fc.constantFrom<UsageUnit[]>("input", "output", "reasoning", "request", "image", "search", "second"),
    fc.stringMatching(/^[a-z0-9_]{1,20}$/).map((name): UsageUnit => `x_${name}`),
  );
  const usage = fc.dictionary(unit, fc.oneof(fc.nat(3), fc.maxSafeNat()));
  const money = fc.bigInt({ min: 0n, max: 10n ** 27n }).map((units) => Money.ofSmallestUnits(units));
  const metric: fc.Arbitrary<Partial<AIUsageMetric>> = fc.record(
    {
      service: fc.oneof(fc.constantFrom("openai", "acme", "azure", "google_places", "deepseek"), text),
      model: optional(text),
      operation: fc.oneof(fc.constantFrom("autocomplete", "chat"), text),
      timestamp: fc
        .integer({ min: 0, max: Date.UTC(2099, 0, 1) })
        .map((epochMs) => parseInstant(new Date(epochMs).toISOString())),
      usage,
      alsoUsed: optional(fc.array(fc.record({ model: text, usage }), { maxLength: 2 })),
      callCount: fc.integer({ min: 1, max: 1_000_000 }),
      served: optional(
        fc.record(
          { tier: text, region: text, size: text, quality: text, resolution: text },
          { requiredKeys: [] },
        ),
      ),
      requested: optional(fc.record({ model: text, tier: text, region: text }, { requiredKeys: [] })),
      refusal: optional(fc.constantFrom("before_output" as const, "after_output" as const)),
      billingAccount: optional(text),
      reportedCost: optional(money),
      error: optional(text),
      usageProblems: optional(fc.array(text, { maxLength: 2 })),
    },
    { requiredKeys: [] },
  );

  it("never throws, has a cost or says why not, and adds up", () => {
    fc.assert(
      fc.property(fc.constantFrom(...books), metric, fc.nat(1_000), (book, given, before) => {
        const quoted = quote(book, aMetric(given), { volumeBefore: () => before });
        const { pricingStatus, cost, listCost, reason, priceId, lines, alsoUsedCosts } = quoted;
        if (pricingStatus === "unpriced") {
          expect([cost, listCost, priceId]).toEqual([undefined, undefined, undefined]);
          expect(reason).toMatch(/./);
          return;
        }
        expect(cost?.isNegative()).toBe(false);
        if (pricingStatus === "reported") expect(cost).toBe(given.reportedCost);
        else expect(cost?.toString()).toBe(listCost?.toString());
        if (listCost === undefined) return;
        expect(Money.sum(lines.map(({ amount }) => amount)).toString()).toBe(listCost.toString());
        expect(priceId).toMatch(/./);
        if (pricingStatus === "priced") expect(alsoUsedCosts).toHaveLength(given.alsoUsed?.length ?? 0);
      }),
      { numRuns: 1_000 },
    );
  });
});
