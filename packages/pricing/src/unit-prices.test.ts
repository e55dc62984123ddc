import {
  type AIUsageMetric,
  costOfUsage,
  fixedPointText,
  type PriceAdjustment,
  parseScope,
} from "@ai-usage/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { builtInPriceBook } from "./built-in.ts";
import { aBook, aCall, aMetric } from "./fixtures.ts";
import { quote } from "./quote.ts";
import { unitPricesOf } from "./unit-prices.ts";

const shown = ({ prices, promptTokensMax }: ReturnType<typeof unitPricesOf>) => ({
  prices: Object.fromEntries([...prices].map(([unit, price]) => [unit, fixedPointText(price)])),
  promptTokensMax,
});
const anAdjustment = (
  kind: "discount" | "margin",
  percent: string,
  scope = "global:all",
): PriceAdjustment => ({
  adjustmentId: `adj-${kind}-${percent}`,
  kind,
  percent,
  scope: parseScope(scope),
});

describe("unit prices", () => {
  it("are of the shortest prompts, and say how long a prompt may be", () => {
    const tiered = aBook({
      per_million: { input: "1", output: "4" },
      per_unit: { search: "0.01" },
      variants: [
        { when: { prompt_over: 200_000 }, per_million: { input: "2", output: "6" } },
        { when: { prompt_from: 500_000 }, per_million: { input: "3", output: "9" } },
      ],
    });
    expect(shown(unitPricesOf(tiered, aCall()))).toMatchObject({
      prices: { input: "0.000001", output: "0.000004", reasoning: "0.000004", search: "0.01" },
      promptTokensMax: 200_000,
    });
    const flat = aBook({ per_million: { input: "1" } });
    expect(unitPricesOf(flat, aCall()).promptTokensMax).toBeUndefined();
  });

  it("leave out what costs another amount in another quantity", () => {
    const audio = aBook({ per_unit: { second: "0.001", image: "1" }, minimum: { second: 10 } });
    expect(shown(unitPricesOf(audio, aCall())).prices).toEqual({ image: "1" });
    const thirds = aBook({
      per_unit: { second: "0.000000000000000001", image: "2" },
      variants: [{ when: { region: "us" }, multiply: "1.5", multiplies: ["second", "image"] }],
    });
    const inUS = aCall({ served: { region: "us" } });
    expect(shown(unitPricesOf(thirds, inUS)).prices).toEqual({ image: "3" });
  });

  it("are none where every call has a price that depends on the month", () => {
    const details = aMetric({ service: "google_places", operation: "place_details" });
    const book = builtInPriceBook();
    expect(quote(book, { ...details, usage: { request: 1 } }).volumes).not.toEqual([]);
    expect(unitPricesOf(book, details).prices.size).toBe(0);
    expect(unitPricesOf(book, aMetric({ service: "acme", model: "nova-9" })).prices.size).toBe(0);
  });

  it("have the discounts and margins of the call in them, where no digit of theirs is lost", () => {
    const book = aBook({ per_unit: { image: "1", second: "0.000000000000000010", page: "0.5" } });
    const adjustments = [
      anAdjustment("margin", "20"),
      anAdjustment("discount", "12.5"),
      anAdjustment("discount", "50", "team:growth"),
    ];
    expect(shown(unitPricesOf(book, aCall(), { adjustments })).prices).toEqual({
      image: "1.05",
      page: "0.525",
    });
    const ofTeam = aCall({ team: "growth" });
    expect(shown(unitPricesOf(book, ofTeam, { adjustments })).prices).toEqual({
      image: "0.525",
      page: "0.2625",
    });
  });

  const book = builtInPriceBook();
  const models = [
    ["openai", "gpt-4o"],
    ["openai", "gpt-4o-audio-preview"],
    ["openai", "gpt-5.4"],
    ["anthropic", "claude-sonnet-4-5"],
    ["google", "gemini-2.5-pro"],
    ["groq", "whisper-large-v3"],
    ["deepseek", "deepseek-chat"],
    ["perplexity", "sonar-pro"],
  ] as const;
  const units = [
    "input",
    "cache_read",
    "cache_write_5m",
    "audio_input",
    "output",
    "reasoning",
    "search",
    "second",
  ];
  const usage = fc.dictionary(fc.constantFrom(...units), fc.nat(300_000), { minKeys: 1, maxKeys: 5 });
  const percent = fc.integer({ min: 1, max: 9_999 }).map((hundredths) => String(hundredths / 100));
  const adjustment = fc
    .tuple(fc.constantFrom("discount" as const, "margin" as const), percent)
    .map(([kind, of]) => anAdjustment(kind, of));

  it("make the same cost as a quote, or none", () => {
    let told = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...models),
        usage as fc.Arbitrary<AIUsageMetric["usage"]>,
        fc.array(adjustment, { maxLength: 2 }),
        ([service, model], used, adjustments) => {
          const call = aMetric({ service, model });
          const cost = costOfUsage(unitPricesOf(book, call, { adjustments }), used);
          if (cost === undefined) return;
          told += 1;
          const quoted = quote(book, { ...call, usage: used }, { adjustments });
          expect(fixedPointText(cost)).toBe(quoted.cost?.toString());
        },
      ),
      { numRuns: 2_000 },
    );
    expect(told).toBeGreaterThan(200);
  });

  it.each([
    ["openai", "gpt-4o", { input: 1200, cache_read: 300, output: 200 }],
    ["anthropic", "claude-sonnet-4-5", { input: 3, cache_read: 9000, cache_write_5m: 400, output: 700 }],
    ["google", "gemini-2.5-pro", { input: 150_000, output: 700, reasoning: 30 }],
  ] as const)("tell the cost of plain calls of %s %s", (service, model, used) => {
    const call = aMetric({ service, model });
    const cost = costOfUsage(unitPricesOf(book, call), used) ?? -1n;
    expect(fixedPointText(cost)).toBe(quote(book, { ...call, usage: used }).cost?.toString());
  });
});
