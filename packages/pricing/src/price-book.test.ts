import { instantFromEpochMs, parseInstant } from "@ai-usage/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { builtInPriceBook } from "./built-in.ts";
import { aPriceFile } from "./fixtures.ts";
import { PriceBook } from "./price-book.ts";
import { parsePriceFile } from "./price-file.ts";

const book = builtInPriceBook();

function idOf(service: string, model: string | undefined, time = "2026-11-21T10:00:00Z", operation = "chat") {
  return book.find({ service, ...(model !== undefined && { model }), operation, at: parseInstant(time) })?.id;
}

describe("price book", () => {
  it.each([
    ["openai", "gpt-4o-2024-08-06", "openai/gpt-4o-2024-08-06/initial"],
    ["openai", "gpt-4o-2024-11-20", "openai/gpt-4o-2024-08-06/initial"],
    ["openai", "gpt-4o-2024-05-13", "openai/gpt-4o-2024-05-13/initial"],
    ["openai", "gpt-4o-2031-01-01", "openai/gpt-4o/2024-10-02"],
    ["openai", "openai/gpt-4.1-mini-2025-04-14", "openai/gpt-4.1-mini/initial"],
    ["openai", "ft:gpt-4o-mini-2024-07-18:acme::8fQ2", "openai/ft:gpt-4o-mini/initial"],
    ["OpenAI", "GPT-5-Nano", "openai/gpt-5-nano/initial"],
    ["openai", "gpt-5.6", "openai/gpt-5.6-sol/2026-08-21"],
    ["anthropic", "claude-3-5-sonnet-20241022", "anthropic/claude-3-5-sonnet/initial"],
    ["anthropic", "claude-sonnet-4-20250514", "anthropic/claude-sonnet-4/initial"],
    ["anthropic", "claude-haiku-4-5-20251001", "anthropic/claude-haiku-4-5/initial"],
    ["claude", "anthropic/claude-opus-4.5", "anthropic/claude-opus-4-5/initial"],
    ["google", "models/gemini-2.0-flash-001", "google/gemini-2.0-flash/initial"],
    ["gemini", "gemini-2.5-flash", "google/gemini-2.5-flash/2026-03-01"],
  ])("finds the price of %s %s", (service, model, id) => {
    expect(idOf(service, model)).toBe(id);
  });

  it("finds a price by operation where there is no model", () => {
    expect(idOf("google_places", undefined, undefined, "place_details")).toBe(
      "google_places/place_details/initial",
    );
    expect(idOf("google_maps", undefined, undefined, "reverse_geocode")).toBe(
      "google_places/geocoding/initial",
    );
  });

  it.each([
    ["openai", "gpt-99"],
    ["openai", "claude-opus-4-5"],
    ["openai", "gpt-4o-realtime-preview"],
    ["openai", "gpt-4o:free"],
    ["google", "gemini-2.5-flash-preview-04-17"],
    ["mistral", "mistral-large"],
    ["__proto__", "constructor"],
    ["openai", ""],
  ])("knows no price of %s %s", (service, model) => {
    expect(idOf(service, model)).toBeUndefined();
  });

  it("changes a price at midnight UTC, not a millisecond before", () => {
    expect(idOf("openai", "gpt-4o", "2024-10-01T23:59:59.999Z")).toBe("openai/gpt-4o/initial");
    expect(idOf("openai", "gpt-4o", "2024-10-02T00:00:00.000Z")).toBe("openai/gpt-4o/2024-10-02");
    expect(idOf("openai", "gpt-4o", "2024-10-02T01:59:59.999+02:00")).toBe("openai/gpt-4o/initial");
  });

  it("loads an announced price without touching today's", () => {
    expect(idOf("google", "gemini-3.8-flash", "2026-12-31T23:59:59.999Z")).toBe(
      "google/gemini-3.8-flash/initial",
    );
    expect(idOf("google", "gemini-3.8-flash", "2027-01-01T00:00:00Z")).toBe(
      "google/gemini-3.8-flash/2027-01-01",
    );
  });

  it("has no price in a gap between two rows", () => {
    const gap = PriceBook.build([
      parsePriceFile(
        aPriceFile(
          { per_million: { input: "1" }, effective_to: "2026-01-01" },
          { per_million: { input: "2" }, effective_from: "2026-02-01" },
        ),
      ),
    ]);
    const at = parseInstant("2026-01-15T00:00:00Z");
    expect(gap.find({ service: "acme", model: "nova-1", operation: "chat", at })).toBeUndefined();
  });

  it("refuses two files that price one model", () => {
    const file = parsePriceFile(aPriceFile({ per_million: { input: "1" } }));
    expect(() => PriceBook.build([file, file])).toThrow('acme/nova-1: "nova-1" is priced twice');
  });

  it("answers the same however often and in whatever order it is asked", () => {
    const name = fc.constantFrom("gpt-4o", "gpt-4o-2024-05-13", "openai/o3", "gpt-3.5-turbo", "gpt-unknown");
    const moment = fc.integer({ min: 0, max: Date.UTC(2030, 0, 1) }).map(instantFromEpochMs);
    const fresh = (model: string, at: ReturnType<typeof instantFromEpochMs>) =>
      builtInPriceBook().find({ service: "openai", model, operation: "chat", at })?.id;
    fc.assert(
      fc.property(fc.array(fc.tuple(name, moment), { maxLength: 10 }), (asked) => {
        for (const [model, at] of asked) {
          expect(book.find({ service: "openai", model, operation: "chat", at })?.id).toBe(fresh(model, at));
        }
      }),
    );
  });

  it("stays right after more names than it remembers", () => {
    const small = builtInPriceBook();
    const at = parseInstant("2026-11-21T10:00:00Z");
    for (let n = 0; n < 10_100; n += 1)
      small.find({ service: "openai", model: `made-up-${n}`, operation: "chat", at });
    expect(small.find({ service: "openai", model: "gpt-4o", operation: "chat", at })?.id).toBe(
      "openai/gpt-4o/2024-10-02",
    );
  });
});
