import { parseInstant, type UsageUnit } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { builtInPriceBook, builtInPriceFiles } from "./built-in.ts";
import { aMetric } from "./fixtures.ts";
import { listedNames, matchesGlob } from "./model-name.ts";
import { parsePriceFile } from "./price-file.ts";
import type { PriceRow } from "./price-row.ts";
import { curatedFiles, seedFiles } from "./published.ts";
import { quote } from "./quote.ts";

const files = curatedFiles.map(parsePriceFile);
const models = files.flatMap((file) => file.models);
const rows = models.flatMap((model) => model.rows);
const multipliers = files.flatMap((file) => file.multipliers);
const sourced = [...rows, ...multipliers.map(({ row }) => row)];
const book = builtInPriceBook();

/** The parser refuses what is malformed, two prices at one time, and names of two models. Here: what looks mistyped. */
describe("curated price data", () => {
  it("is of these providers", () => {
    expect(files.map(({ provider }) => provider).sort()).toEqual([
      "anthropic",
      "bedrock",
      "cohere",
      "deepseek",
      "google",
      "google_places",
      "groq",
      "openai",
      "vertex",
      "xai",
    ]);
  });

  it("reads whole, as does the seed, and is asked before it", () => {
    const seeded = seedFiles.map(parsePriceFile);
    expect(seeded.length).toBeGreaterThan(0);
    expect(builtInPriceFiles.map(({ provider }) => provider)).toEqual(
      [...files, ...seeded].map(({ provider }) => provider),
    );
  });

  it("wins over the seed under every name that means a model of it", () => {
    const lost = seedFiles.map(parsePriceFile).flatMap(({ provider, models: seeded }) => {
      const own = models.filter((model) => model.provider === provider);
      return seeded
        .flatMap(({ names }) => names)
        .filter((name) => listedNames(name).some((one) => own.some(({ names }) => names.includes(one))))
        .filter((name) => {
          const found = book.find(provider, name).candidates[0]?.model.id;
          return !own.some(({ id }) => id === found);
        });
    });
    expect(lost).toEqual([]);
  });

  it("has an id of its own for each row", () => {
    const ids = rows.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it("names for each row the provider's page and the day it was checked", () => {
    const page =
      /^https:\/\/(openai\.com|(platform|developers)\.openai\.com|platform\.claude\.com|www\.anthropic\.com|ai\.google\.dev|cloud\.google\.com|developers\.google\.com|mapsplatform\.google\.com|developers\.googleblog\.com|aws\.amazon\.com|docs\.x\.ai|api-docs\.deepseek\.com|console\.groq\.com|cohere\.com)\//;
    const day = /^202[5-9]-\d\d-\d\d$/;
    const lacking = sourced.filter((row) => !page.test(row.source) || !day.test(row.checkedOn ?? ""));
    expect(lacking.map(({ id }) => id)).toEqual([]);
  });

  it("says of every row that is not verified what it rests on", () => {
    const unverified = sourced.filter((row) => !row.verified);
    expect(unverified.filter((row) => (row.note ?? "") === "").map(({ id }) => id)).toEqual([]);
    expect(unverified.length).toBeGreaterThan(0);
  });

  it("begins each base price where the one before ends", () => {
    const gaps = models.flatMap(({ id, rows: all }) => {
      const base = all.filter((row) => isBase(row) && row.rates.input !== undefined);
      return base
        .slice(1)
        .filter((row, index) => row.effectiveFrom !== base[index]?.effectiveTo)
        .map((row) => `${id} ${row.effectiveFrom}`);
    });
    expect(gaps).toEqual([]);
  });

  it("changes no base price by more than five times at once", () => {
    const leaps = models.flatMap(({ rows: all }) => {
      const base = all.filter((row) => isBase(row) && row.rates.input !== undefined);
      return base.slice(1).filter((row, index) => {
        const changed = ratio(row, "input", base[index], "input") ?? 1;
        return changed > 5 || changed < 0.2;
      });
    });
    expect(leaps.map(({ id }) => id)).toEqual([]);
  });
});

describe("curated prices of everything else", () => {
  it.each([
    ["image", 0.01, 0.3],
    ["video_second", 0.05, 0.8],
    ["search", 0.001, 0.04],
    ["file_search", 0.001, 0.01],
    ["session", 0.01, 0.1],
    ["second", 0.000001, 0.001],
    ["character", 0.000001, 0.0001],
    ["cached_token_hour", 0.0000001, 0.00001],
  ] as const)("lie between what is usual: %s", (unit, least, most) => {
    const priced = rows.filter(
      ({ provider, rates }) => provider !== "google_places" && rates[unit] !== undefined,
    );
    expect(priced.length).toBeGreaterThan(0);
    expect(priced.filter(({ rates }) => !within(Number(rates[unit]) / 1e18, least, most))).toEqual([]);
  });

  it("hold on all tiers where a fee does", () => {
    const bound = rows.filter(({ conditions: { tiers }, rates }) => {
      return tiers !== "any" && (rates.file_search ?? rates.session ?? rates.cached_token_hour) !== undefined;
    });
    expect(bound.map(({ id }) => id)).toEqual([]);
  });
});

describe("curated factors", () => {
  const covered = (provider: string) => {
    const globs = files.find((file) => file.provider === provider)?.multipliers[0]?.models ?? [];
    return models
      .filter((model) => model.provider === provider && globs.some((glob) => matchesGlob(glob, model.id)))
      .map(({ id }) => id);
  };

  it("raise OpenAI's regional processing for models since GPT-5.4", () => {
    const ids = covered("openai");
    expect(ids).toEqual(
      expect.arrayContaining(["gpt-5.4", "gpt-5.4-nano", "gpt-5.5-pro", "gpt-6-luna", "gpt-6.2-sol"]),
    );
    expect(ids.filter((id) => !/^gpt-(5\.[4-6]|6)/.test(id))).toEqual([]);
  });

  it("raise Anthropic's inference in the US for models since Claude 4.6", () => {
    const all = models.filter(({ provider }) => provider === "anthropic").map(({ id }) => id);
    expect(all.filter((id) => !covered("anthropic").includes(id))).toEqual([
      "claude-opus-4-5",
      "claude-opus-4-1",
      "claude-opus-4",
      "claude-sonnet-4-5",
      "claude-sonnet-4",
      "claude-haiku-4-5",
      "claude-3-7-sonnet",
      "claude-3-5-sonnet",
      "claude-3-5-haiku",
      "claude-3-opus",
      "claude-3-sonnet",
      "claude-3-haiku",
    ]);
  });

  it("are a tenth, wherever they are of regions", () => {
    const regional = multipliers.filter(({ row }) => row.conditions.regions !== undefined);
    expect(regional).toHaveLength(4);
    expect(regional.map(({ row: { multiply } }) => multiply)).toEqual(
      regional.map(() => ({ numerator: 11n, denominator: 10n })),
    );
  });
});

describe("prices at the time of a call", () => {
  it.each([
    ["openai", "gpt-3.5-turbo", "2023-04-01"],
    ["openai", "gpt-3.5-turbo", "2024-07-01"],
    ["openai", "gpt-3.5-turbo-16k", "2023-09-01"],
    ["openai", "gpt-4", "2023-04-01"],
    ["openai", "gpt-4-32k", "2023-09-01"],
    ["openai", "gpt-4-turbo-preview", "2024-02-01"],
    ["openai", "gpt-4o", "2024-06-01"],
    ["openai", "gpt-4o-mini-2024-07-18", "2024-08-01"],
    ["openai", "o1-mini", "2024-11-01"],
    ["anthropic", "claude-3-opus-20240229", "2024-04-01"],
    ["anthropic", "claude-3-sonnet-20240229", "2024-04-01"],
    ["anthropic", "claude-3-haiku-20240307", "2024-04-01"],
    ["anthropic", "claude-3-5-sonnet-20240620", "2024-07-01"],
    ["anthropic", "claude-3-5-haiku-20241022", "2024-11-10"],
    ["gemini", "gemini-1.5-pro-001", "2024-06-01"],
    ["gemini", "models/gemini-1.5-flash-latest", "2024-06-01"],
  ])("has one for %s %s on %s", (service, model, day) => {
    const timestamp = parseInstant(`${day}T12:00:00Z`);
    const quoted = quote(book, aMetric({ service, model, timestamp, usage: { input: 1_000, output: 100 } }));
    expect(quoted.pricingStatus).toBe("priced");
  });

  it.each(["text-embedding-3-small", "text-embedding-3-large", "text-embedding-ada-002"])(
    "has one for %s",
    (model) => {
      expect(quote(book, aMetric({ model, usage: { input: 1_000 } })).pricingStatus).toBe("priced");
    },
  );
});

function within(value: number, least: number, most: number): boolean {
  return least <= value && value <= most;
}

/** For any call of the standard tier, unless a more exact row holds. */
function isBase({ conditions, multiply }: PriceRow): boolean {
  return multiply === undefined && Object.values(conditions).every((condition) => condition === undefined);
}

function ratio(a: PriceRow, unit: UsageUnit, b: PriceRow | undefined, other: UsageUnit): number | undefined {
  const [price, of] = [a.rates[unit], b?.rates[other]];
  return price === undefined || of === undefined || of === 0n ? undefined : Number(price) / Number(of);
}
