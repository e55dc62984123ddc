import { describe, expect, it } from "vitest";
import anthropic from "../data/anthropic.json" with { type: "json" };
import google from "../data/google.json" with { type: "json" };
import openai from "../data/openai.json" with { type: "json" };
import { builtInPriceFiles } from "./built-in.ts";

const rows = builtInPriceFiles.flatMap((file) => file.models.flatMap((model) => model.rows));

/** The rest of what is asked of the data, every row well formed and no two of a model at one time, the parser refuses. */
describe("built-in price data", () => {
  it("covers its four providers", () => {
    expect(builtInPriceFiles.map(({ provider }) => provider)).toEqual([
      "openai",
      "anthropic",
      "google",
      "google_places",
    ]);
  });

  it("has an id of its own for each row", () => {
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  });

  it("names for each row the provider's page and the day it was checked", () => {
    const page =
      /^https:\/\/(openai\.com|(platform|developers)\.openai\.com|platform\.claude\.com|www\.anthropic\.com|ai\.google\.dev|developers\.google\.com|developers\.googleblog\.com)\//;
    const day = /^202\d-\d\d-\d\d$/;
    const lacking = rows.filter((row) => !page.test(row.source) || !day.test(row.checkedOn ?? ""));
    expect(lacking.map(({ id }) => id)).toEqual([]);
  });

  it("says of every row that is not verified what it rests on", () => {
    const listed = [openai, anthropic, google].flatMap(({ models }) =>
      models.flatMap((model) => [...model.rows]),
    );
    const unverified = listed.filter((row) => !row.verified);
    expect(unverified.filter((row) => !("note" in row))).toEqual([]);
    expect(unverified.length).toBeGreaterThan(0);
  });

  it("has cached input no dearer than input, and longer prompts dearer", () => {
    const odd = rows.filter(({ rates: { input = 0n, cache_read: cacheRead = 0n }, tiers }) => {
      return cacheRead > input || tiers.some((tier) => (tier.rates.input ?? 0n) <= input);
    });
    expect(odd.map(({ id }) => id)).toEqual([]);
  });

  it.each([
    "gpt-3.5-turbo",
    "gpt-4",
    "gpt-4-turbo",
    "gpt-4o",
    "gpt-4o-mini",
    "gpt-4.1",
    "gpt-5",
    "o1",
    "o3",
    "o4-mini",
    "text-embedding-3-small",
    "text-embedding-3-large",
    "text-embedding-ada-002",
    "claude-3-opus",
    "claude-3-5-sonnet",
    "claude-3-7-sonnet",
    "claude-sonnet-4",
    "claude-opus-4",
    "claude-haiku-4-5",
    "gemini-1.5-pro",
    "gemini-1.5-flash",
    "gemini-2.0-flash",
    "gemini-2.5-pro",
    "gemini-2.5-flash",
    "place_details",
    "text_search",
    "nearby_search",
    "autocomplete",
    "find_place",
    "photos",
    "geocoding",
  ])("prices %s", (id) => {
    expect(rows.some((row) => row.model === id)).toBe(true);
  });
});
