import { readdirSync, readFileSync } from "node:fs";
import {
  type Instant,
  instantFromEpochMs,
  knownUnits,
  parseInstant,
  parseUtcDate,
  sideOf,
  type Usage,
  type UsageUnit,
} from "@ai-usage/core";
import { calcPrice, findProvider } from "@pydantic/genai-prices";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { comparePriceFiles } from "../compare/compare-prices.ts";
import { aMetric } from "../fixtures.ts";
import { PriceBook } from "../price-book.ts";
import { parsePriceFile } from "../price-file.ts";
import { quote } from "../quote.ts";
import { seedFiles } from "../seed-files.ts";
import { importGenaiPrices } from "./import-genai-prices.ts";
import { importedProviders } from "./imported-providers.ts";

const folder = new URL("../../data/seed/", import.meta.url);
const files = seedFiles.map(parsePriceFile);
const seedBook = PriceBook.build([files]);
const sourceIdOf = new Map(importedProviders.map(({ provider, sourceId }) => [provider, sourceId]));
const models = files.flatMap((file) => file.models);

describe("seed", () => {
  it("is what the installed package gives", () => {
    const providers = importedProviders.flatMap(
      ({ sourceId }) => findProvider({ providerId: sourceId }) ?? [],
    );
    const { files: imported } = importGenaiPrices(providers, {
      version: "installed",
      importedOn: "2026-11-25",
    });
    const today = parseUtcDate("2026-11-25");
    expect(comparePriceFiles(files, imported.map(parsePriceFile), { today })).toEqual([]);
  });

  it("has a file for each provider, and the book knows each file", () => {
    const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
    expect(names).toEqual(importedProviders.map(({ provider }) => `${provider}.json`).sort());
    expect(names.map((name) => JSON.parse(readFileSync(new URL(name, folder), "utf8")))).toEqual(seedFiles);
  });

  it("claims of no row that it was read in the provider's page", () => {
    const rows = models.flatMap((model) => model.rows);
    expect(
      rows.filter(({ verified, note }) => verified || !note?.startsWith("@pydantic/genai-prices ")),
    ).toEqual([]);
    expect(rows.length).toBeGreaterThan(600);
  });
});

/** What the package calls a model that it finds by a name; nothing when it looks elsewhere. */
function foundByPackage(provider: string, name: string): string | undefined {
  const found = calcPrice({}, name, { providerId: sourceIdOf.get(provider) ?? "" });
  return found?.provider.id === sourceIdOf.get(provider) ? found?.model.id.toLowerCase() : undefined;
}

const spoken = (name: string, fill = "") => name.replaceAll("*", fill);

/** A name by which the package finds the model: ids need not be names there. */
const nameOf = (model: (typeof models)[number]) =>
  model.names
    .map((name) => spoken(name))
    .find((name) => foundByPackage(model.provider, name) === model.id.toLowerCase()) ?? model.id;

const units = (of: RegExp) => knownUnits.filter((unit) => of.test(unit));

/** Their counts contain each other, ours do not. */
const theirCounts: Record<string, readonly UsageUnit[]> = {
  input_tokens: knownUnits.filter((unit) => sideOf(unit) === "input"),
  cache_read_tokens: units(/cache_read$/),
  cache_write_tokens: units(/^cache_write/),
  cache_write_1h_tokens: ["cache_write_1h"],
  input_audio_tokens: units(/^audio_(input|cache_read)$/),
  cache_audio_read_tokens: ["audio_cache_read"],
  input_image_tokens: units(/^image_(input|cache_read)$/),
  cache_image_read_tokens: ["image_cache_read"],
  input_video_tokens: ["video_input"],
  output_tokens: knownUnits.filter((unit) => sideOf(unit) === "output"),
  output_reasoning_tokens: ["reasoning"],
  output_audio_tokens: ["audio_output"],
  output_image_tokens: ["image_output"],
  output_video_tokens: ["video_output"],
  output_citation_tokens: ["citation"],
  web_searches: ["search"],
  storage_searches: ["file_search"],
  input_document_pages: ["page", "annotated_page"],
  input_annotated_document_pages: ["annotated_page"],
  audio_seconds: ["second"],
  input_text_messages: ["message"],
};

/** Zeros are said: without that of cached audio, say, they refuse audio beside a cached prompt. */
function theirUsage(usage: Usage): Record<string, number> {
  return Object.fromEntries(
    Object.entries(theirCounts).map(([name, of]) => [
      name,
      of.reduce((sum, unit) => sum + (usage[unit] ?? 0), 0),
    ]),
  );
}

/** Prices of a time of day, here from 2026-08-17 on, hold in the package before that day too. */
const pricedByTheHourTooEarly = new Set(["deepseek-v4-flash", "deepseek-v4-pro"]);

/** Around the days and hours at which prices change. */
const moments = [
  "2024-06-01T12:00:00Z",
  "2025-06-09T23:59:59.999Z",
  "2025-06-10T00:00:00Z",
  "2026-03-12T23:59:59.999Z",
  "2026-03-13T01:30:00Z",
  "2026-07-30T00:00:00Z",
  "2026-08-16T23:00:00Z",
  "2026-08-17T02:00:00Z",
  "2026-08-21T00:15:00Z",
  "2026-11-25T06:00:00Z",
  "2026-11-25T10:00:00Z",
  "2027-01-02T16:30:00Z",
];
const lengths = [1, 128_000, 128_001, 199_999, 200_000, 200_001, 271_999, 272_000, 272_001, 512_000, 512_001];

describe("genai-prices as an oracle", () => {
  it("finds the model that we find, by each of our names", () => {
    const differing = models.flatMap(({ provider, id, names }) =>
      names
        .filter((name) => name !== id.toLowerCase())
        .flatMap((name) => ["", "-test", "-2026-01-01", "-v1:0"].map((fill) => spoken(name, fill)))
        .filter((name) => {
          const ours = seedBook
            .find(provider, name)
            .candidates.find(({ model }) => model.provider === provider);
          return ours?.model.id !== foundByPackage(provider, name);
        }),
    );
    expect(differing).toEqual([]);
  });

  it("comes to our price, in each model, at any time and for any use of what the model has a price for", () => {
    const quantity = fc.integer({ min: 0, max: 40_000 });
    const called = models.map((model) => ({ model, name: nameOf(model) }));
    fc.assert(
      fc.property(
        fc.constantFrom(...called),
        fc.oneof(fc.constantFrom(...moments.map(parseInstant)), anyMoment),
        fc.constantFrom(...lengths),
        fc.infiniteStream(quantity),
        ({ model, name }, at, promptTokens, quantities) => {
          fc.pre(!(pricedByTheHourTooEarly.has(model.id) && at < "2026-08-17"));
          const usage = useOf(pricedUnits(model, name, at), promptTokens, quantities);
          const ours = quote(
            seedBook,
            aMetric({ service: model.provider, model: name, timestamp: at, usage }),
          );
          const theirs = calcPrice(theirUsage(usage), name, {
            providerId: sourceIdOf.get(model.provider) ?? "",
            timestamp: new Date(at),
          });
          expect(ours.reason).toBeUndefined();
          const cost = Number(ours.cost?.toString());
          expect(Math.abs(cost - (theirs?.total_price ?? Number.NaN))).toBeLessThanOrEqual(1e-9 * cost);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it("differs where it prices by the hour before the day from which it does", () => {
    const at = "2026-08-16T02:00:00Z";
    const usage = { input: 1_000_000 };
    const ours = quote(
      seedBook,
      aMetric({ service: "deepseek", model: "deepseek-v4-pro", timestamp: parseInstant(at), usage }),
    );
    const theirs = calcPrice(theirUsage(usage), "deepseek-v4-pro", {
      providerId: "deepseek",
      timestamp: new Date(at),
    });
    expect([ours.cost?.toString(), theirs?.total_price]).toEqual(["0.435", 1.32]);
  });

  it("differs where it takes a unit without a price for free: tokens of whisper-1", () => {
    const usage = { input: 1_000, output: 500 };
    const ours = quote(seedBook, aMetric({ model: "whisper-1", usage }));
    expect(ours).toMatchObject({ pricingStatus: "unpriced", unpricedUnits: ["input", "output"] });
    expect(calcPrice(theirUsage(usage), "whisper-1", { providerId: "openai" })?.total_price).toBe(0);
  });

  it("moves gpt-6-sol and gpt-6-luna one token later than OpenAI's other models, and so do we", () => {
    const inputCost = (model: string, input: number) =>
      [
        Number(quote(seedBook, aMetric({ model, usage: { input } })).cost?.toString()),
        calcPrice({ input_tokens: input }, model, { providerId: "openai" })?.total_price,
      ].map((cost) => Number(cost?.toFixed(9)));
    expect(inputCost("gpt-6-sol", 272_000)).toEqual([0.544, 0.544]);
    expect(inputCost("gpt-6-sol", 272_001)).toEqual([1.088004, 1.088004]);
    expect(inputCost("gpt-6-luna", 272_000)).toEqual([0.0272, 0.0272]);
    expect(inputCost("gpt-6-astra", 271_999)).toEqual([2.71999, 2.71999]);
    expect(inputCost("gpt-6-astra", 272_000)).toEqual([5.44, 5.44]);
  });
});

/** What the model itself has a price for, and not a provider that it falls back to. */
function pricedUnits(model: (typeof models)[number], name: string, at: Instant): UsageUnit[] {
  const sheet = seedBook
    .find(model.provider, name)
    .choiceAt(at, { tier: "standard" })
    .sheetFor({ at, usage: {}, callCount: 1 });
  return [...sheet.rates].flatMap(([unit, { row }]) => (row.provider === model.provider ? [unit] : []));
}

const anyMoment = fc
  .integer({ min: Date.UTC(2023, 0), max: Date.UTC(2027, 5) })
  .map((epochMs) => instantFromEpochMs(epochMs));

/** Some of each unit that has a price, and so much input that the prompt has its length; requests count themselves. */
function useOf(priced: readonly UsageUnit[], promptTokens: number, quantities: Iterator<number>): Usage {
  const usage: Partial<Record<UsageUnit, number>> = {};
  let rest = promptTokens;
  for (const unit of priced) {
    if (unit === "request" || unit === "input") continue;
    const isPrompt = sideOf(unit) === "input";
    usage[unit] = Math.min(quantities.next().value, isPrompt ? rest : Number.POSITIVE_INFINITY);
    if (isPrompt) rest -= usage[unit];
  }
  return rest > 0 && priced.includes("input") ? { ...usage, input: rest } : usage;
}
