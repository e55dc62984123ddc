import { type AIUsageMetric, parseInstant } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { builtInPriceBook } from "./built-in.ts";
import { aMetric } from "./fixtures.ts";
import { priceMetric } from "./price-metric.ts";

const book = builtInPriceBook();

type Case = [what: string, metric: Partial<AIUsageMetric>, cost: string];

/** Worked by hand from the figures on the page. */
function worked(page: string, service: string, cases: Case[]): void {
  describe(page, () => {
    it.each(cases)("%s", (_, metric, cost) => {
      const pricing = priceMetric(book, aMetric({ service, ...metric }));
      expect(pricing).toMatchObject({ status: "priced" });
      expect("cost" in pricing && pricing.cost.toString()).toBe(cost);
    });
  });
}

const on = (day: string) => ({ timestamp: parseInstant(`${day}T12:00:00Z`) });

worked("https://developers.openai.com/api/docs/pricing", "openai", [
  [
    "gpt-4o, plain: 1,000 × 2.50 + 500 × 10.00",
    { model: "gpt-4o", usage: { input: 1_000, output: 500 } },
    "0.0075",
  ],
  [
    "gpt-4o, cached: 2,006 tokens of prompt, 1,920 of them cached at 1.25",
    { model: "gpt-4o", usage: { input: 86, cache_read: 1_920, output: 300 } },
    "0.005615",
  ],
  [
    "gpt-4o in May 2024: 5.00 and 15.00",
    { model: "gpt-4o", usage: { input: 1_000, output: 500 }, ...on("2024-05-20") },
    "0.0125",
  ],
  [
    "gpt-4o-2024-05-13 keeps its price",
    { model: "gpt-4o-2024-05-13", usage: { input: 1_000, output: 500 } },
    "0.0125",
  ],
  [
    "gpt-4o-mini, cached at 0.075",
    { model: "gpt-4o-mini", usage: { input: 1, cache_read: 1, output: 1 } },
    "0.000000825",
  ],
  [
    "gpt-4-turbo: 10.00 and 30.00",
    { model: "gpt-4-turbo", usage: { input: 12_000, output: 1_500 } },
    "0.165",
  ],
  ["gpt-4: 30.00 and 60.00", { model: "gpt-4-0613", usage: { input: 700, output: 50 } }, "0.024"],
  [
    "gpt-3.5-turbo: 0.50 and 1.50",
    { model: "gpt-3.5-turbo", usage: { input: 150, output: 75 } },
    "0.0001875",
  ],
  [
    "gpt-3.5-turbo in January 2024: 1.50 and 2.00",
    { model: "gpt-3.5-turbo", usage: { input: 150, output: 75 }, ...on("2024-01-15") },
    "0.000375",
  ],
  [
    "gpt-4.1, cached at a quarter",
    { model: "gpt-4.1-2025-04-14", usage: { input: 1_000, cache_read: 4_000, output: 100 } },
    "0.0048",
  ],
  [
    "gpt-5, reasoning as output at 10.00",
    { model: "gpt-5", usage: { input: 75, reasoning: 1_024, output: 110 } },
    "0.01143375",
  ],
  [
    "gpt-5 with two web searches at 10.00 a thousand",
    { model: "gpt-5", usage: { input: 1_000, output: 100, search: 2 } },
    "0.02225",
  ],
  [
    "o3 before the cut of June 2025: 10.00 and 40.00",
    { model: "o3", usage: { input: 1_000, reasoning: 100 }, ...on("2025-06-09") },
    "0.014",
  ],
  [
    "o3 from the day of the cut: 2.00 and 8.00",
    { model: "o3", usage: { input: 1_000, reasoning: 100 }, ...on("2025-06-10") },
    "0.0028",
  ],
  [
    "gpt-5.5, one token below 272,000",
    { model: "gpt-5.5", usage: { input: 271_999, output: 100 } },
    "1.362995",
  ],
  [
    "gpt-5.5, at 272,000: 10.00 and 45.00 on all of it",
    { model: "gpt-5.5", usage: { input: 272_000, output: 100 } },
    "2.7245",
  ],
  [
    "gpt-6-luna, at 272,000: still 0.10",
    { model: "gpt-6-luna", usage: { input: 272_000, output: 100 } },
    "0.02725",
  ],
  [
    "gpt-6-luna, above 272,000: 0.20, 0.02 and 0.75 on all of it",
    { model: "gpt-6-luna", usage: { input: 72_001, cache_read: 200_000, output: 100 } },
    "0.0184752",
  ],
  [
    "gpt-5.6-luna, the day before its cut of 80 %",
    { model: "gpt-5.6-luna", usage: { input: 1_000_000 }, ...on("2026-07-29") },
    "2",
  ],
  [
    "gpt-5.6-luna, from the day of the cut",
    { model: "gpt-5.6-luna", usage: { input: 100_000, output: 1_000 }, ...on("2026-07-30") },
    "0.0212",
  ],
  [
    "text-embedding-3-small: 0.02",
    { model: "text-embedding-3-small", usage: { input: 8_191 } },
    "0.00016382",
  ],
  [
    "text-embedding-3-large: 0.13",
    { model: "text-embedding-3-large", usage: { input: 8_191 } },
    "0.00106483",
  ],
  ["whisper-1: 0.006 a minute", { model: "whisper-1", usage: { second: 90 } }, "0.009"],
  ["tts-1: 15.00 a million characters", { model: "tts-1", usage: { character: 280 } }, "0.0042"],
]);

worked("https://platform.claude.com/docs/en/about-claude/pricing", "anthropic", [
  [
    "Sonnet 3.5, plain: 3 and 15",
    { model: "claude-3-5-sonnet-20241022", usage: { input: 2_095, output: 503 } },
    "0.01383",
  ],
  [
    "Sonnet 4.6, cache written for five minutes at 3.75",
    { model: "claude-sonnet-4-6", usage: { input: 50, cache_write_5m: 10_000, output: 200 } },
    "0.04065",
  ],
  [
    "Sonnet 4.6, cache written for an hour at 6",
    { model: "claude-sonnet-4-6", usage: { input: 50, cache_write_1h: 10_000, output: 200 } },
    "0.06315",
  ],
  [
    "Sonnet 4.6, cache read at 0.30",
    { model: "claude-sonnet-4-6", usage: { input: 50, cache_read: 10_000, output: 200 } },
    "0.00615",
  ],
  [
    "Haiku 3: 0.25, 0.30, 0.03 and 1.25",
    {
      model: "claude-3-haiku-20240307",
      usage: { input: 1_000, cache_write_5m: 1_000, cache_read: 1_000, output: 1_000 },
    },
    "0.00183",
  ],
  [
    "Opus 4.1: 15 and 75",
    { model: "claude-opus-4-1-20250805", usage: { input: 1_000, output: 1_000 } },
    "0.09",
  ],
  [
    "Opus 5.5, cache read at 0.05 of input",
    { model: "claude-opus-5-5", usage: { cache_read: 1_000_000 } },
    "0.2",
  ],
  [
    "Sonnet 5.5, cache read before 2026-10-07: 0.20",
    { model: "claude-sonnet-5-5", usage: { cache_read: 1_000_000 }, ...on("2026-10-06") },
    "0.2",
  ],
  [
    "Sonnet 5.5, cache read from 2026-10-07: 0.10",
    { model: "claude-sonnet-5-5", usage: { cache_read: 1_000_000 }, ...on("2026-10-07") },
    "0.1",
  ],
  [
    "Haiku 5.5, a prompt of 100,000 with what is cached",
    {
      model: "claude-haiku-5-5",
      usage: { input: 10_000, cache_write_5m: 20_000, cache_read: 70_000, output: 1_000 },
    },
    "0.0047",
  ],
  [
    "Haiku 5.5, one token more: five times, output too",
    {
      model: "claude-haiku-5-5",
      usage: { input: 10_001, cache_write_5m: 20_000, cache_read: 70_000, output: 1_000 },
    },
    "0.0235005",
  ],
  [
    "Sonnet 4.5 in 2025, above 200,000 tokens: 6 and 22.50",
    { model: "claude-sonnet-4-5-20250929", usage: { input: 200_001, output: 1_000 }, ...on("2025-11-01") },
    "1.222506",
  ],
  [
    "two web searches at 10 a thousand",
    { model: "claude-sonnet-4-6", usage: { input: 105, output: 6_039, search: 2 } },
    "0.1109",
  ],
]);

worked("https://ai.google.dev/gemini-api/docs/pricing", "google", [
  [
    "2.5 Pro at 200,000 tokens: 1.25 and 10.00",
    { model: "gemini-2.5-pro", usage: { input: 200_000, output: 1_000 } },
    "0.26",
  ],
  [
    "2.5 Pro above: 2.50 and 15.00",
    { model: "gemini-2.5-pro", usage: { input: 200_001, output: 1_000 } },
    "0.5150025",
  ],
  [
    "2.5 Pro, thinking tokens as output",
    { model: "gemini-2.5-pro", usage: { input: 1_000, output: 100, reasoning: 900 } },
    "0.01125",
  ],
  [
    "2.5 Pro, cached at 0.125, counted to the length",
    { model: "gemini-2.5-pro", usage: { input: 1, cache_read: 200_000 } },
    "0.0500025",
  ],
  [
    "2.5 Flash, audio at 1.00 beside text at 0.30",
    { model: "gemini-2.5-flash", usage: { input: 1_000, audio_input: 1_000, output: 1_000 } },
    "0.0038",
  ],
  [
    "2.5 Flash Image: 1,290 tokens of image at 30.00",
    { model: "gemini-2.5-flash-image", usage: { input: 100, image_output: 1_290 } },
    "0.03873",
  ],
  [
    "1.5 Flash: 0.075 and 0.30",
    { model: "gemini-1.5-flash-002", usage: { input: 10_000, output: 1_000 }, ...on("2025-01-10") },
    "0.00105",
  ],
  [
    "1.5 Pro in September 2024: 3.50 and 10.50",
    { model: "gemini-1.5-pro", usage: { input: 10_000, output: 1_000 }, ...on("2024-09-30") },
    "0.0455",
  ],
  [
    "1.5 Pro from October 2024: 1.25 and 5.00",
    { model: "gemini-1.5-pro", usage: { input: 10_000, output: 1_000 }, ...on("2024-10-01") },
    "0.0175",
  ],
  [
    "3.8 Flash in December 2026: 0.75 and 3.75",
    { model: "gemini-3.8-flash", usage: { input: 10_000, output: 1_000 }, ...on("2026-12-31") },
    "0.01125",
  ],
  [
    "3.8 Flash from 2027: 1.50 and 7.50",
    { model: "gemini-3.8-flash", usage: { input: 10_000, output: 1_000 }, ...on("2027-01-01") },
    "0.0225",
  ],
  ["gemini-embedding-001: 0.15", { model: "gemini-embedding-001", usage: { input: 2_048 } }, "0.0003072"],
]);

worked("https://developers.google.com/maps/billing-and-pricing/pricing", "google_places", [
  ["Places Details: 17.00 a thousand", { operation: "place_details" }, "0.017"],
  ["Text Search: 32.00 a thousand", { operation: "text_search", callCount: 40 }, "1.28"],
  ["Nearby Search: 32.00 a thousand", { operation: "nearby_search" }, "0.032"],
  ["Autocomplete: 2.83 a thousand", { operation: "autocomplete", usage: { request: 7 } }, "0.01981"],
  ["Find Place: 17.00 a thousand", { operation: "find_place" }, "0.017"],
  ["Places Photo: 7.00 a thousand", { operation: "photos", callCount: 3 }, "0.021"],
  ["Geocoding: 5.00 a thousand", { operation: "geocoding" }, "0.005"],
  ["Place Details, IDs only: free", { operation: "place_details_ids_only" }, "0"],
]);
