import { before, from, on, unpriced, worked } from "./worked-cases.ts";

const page = "https://platform.claude.com/docs/en/about-claude/pricing";

worked(`${page}: models and caching`, "anthropic", [
  [
    "Sonnet 3.5: 2,095 × 3.00 + 503 × 15.00",
    { model: "claude-3-5-sonnet-20241022", usage: { input: 2_095, output: 503 } },
    "0.01383",
  ],
  [
    "Opus 4.1: 1,000 × 15.00 + 1,000 × 75.00",
    { model: "claude-opus-4-1-20250805", usage: { input: 1_000, output: 1_000 } },
    "0.09",
  ],
  [
    "Haiku 3, one thousand of each: 0.25 + 0.30 written + 0.03 read + 1.25",
    {
      model: "claude-3-haiku-20240307",
      usage: { input: 1_000, cache_write_5m: 1_000, cache_read: 1_000, output: 1_000 },
    },
    "0.00183",
  ],
  [
    "Sonnet 4.6, written for five minutes: 50 × 3.00 + 10,000 × 3.75 + 200 × 15.00",
    { model: "claude-sonnet-4-6", usage: { input: 50, cache_write_5m: 10_000, output: 200 } },
    "0.04065",
  ],
  [
    "Sonnet 4.6, written for an hour: 50 × 3.00 + 10,000 × 6.00 + 200 × 15.00",
    { model: "claude-sonnet-4-6", usage: { input: 50, cache_write_1h: 10_000, output: 200 } },
    "0.06315",
  ],
  [
    "Sonnet 4.6, both lives in one call: 4,000 × 3.75 + 6,000 × 6.00",
    { model: "claude-sonnet-4-6", usage: { cache_write_5m: 4_000, cache_write_1h: 6_000 } },
    "0.051",
  ],
  [
    "Sonnet 4.6, read: 50 × 3.00 + 10,000 × 0.30 + 200 × 15.00",
    { model: "claude-sonnet-4-6", usage: { input: 50, cache_read: 10_000, output: 200 } },
    "0.00615",
  ],
  [
    "Opus 5.5 reads at a twentieth of its input: 1,000,000 × 0.20",
    { model: "claude-opus-5-5", usage: { cache_read: 1_000_000 } },
    "0.2",
  ],
  [
    "Fable 5.1 reads at a fortieth: 1,000,000 × 0.25",
    { model: "claude-fable-5-1", usage: { cache_read: 1_000_000 } },
    "0.25",
  ],
  [
    "Opus 4.8, thinking as output: 1,000 × 5.00 + 2,000 × 25.00 + 300 × 25.00",
    { model: "claude-opus-4-8", usage: { input: 1_000, reasoning: 2_000, output: 300 } },
    "0.0625",
  ],
  [
    "two web searches: 105 × 3.00 + 6,039 × 15.00 + 2 × 10.00 / 1,000",
    { model: "claude-sonnet-4-6", usage: { input: 105, output: 6_039, search: 2 } },
    "0.1109",
  ],
  [
    "Opus 5, all of a prompt of 900,000 at the standard price: 900,000 × 5.00",
    { model: "claude-opus-5", usage: { input: 900_000 } },
    "4.5",
  ],
]);

worked(`${page}: dated prices`, "anthropic", [
  [
    "Haiku 3.5 a millisecond before its cut: 1,000 × 1.00 + 1,000 × 5.00",
    {
      model: "claude-3-5-haiku-20241022",
      usage: { input: 1_000, output: 1_000 },
      ...before("2024-12-03"),
    },
    "0.006",
  ],
  [
    "Haiku 3.5 at the cut: 1,000 × 0.80 + 1,000 × 4.00",
    { model: "claude-3-5-haiku-20241022", usage: { input: 1_000, output: 1_000 }, ...from("2024-12-03") },
    "0.0048",
  ],
  [
    "Sonnet 5.5, read a millisecond before 2026-10-07: 1,000,000 × 0.20",
    { model: "claude-sonnet-5-5", usage: { cache_read: 1_000_000 }, ...before("2026-10-07") },
    "0.2",
  ],
  [
    "Sonnet 5.5, read at midnight: 1,000,000 × 0.10",
    { model: "claude-sonnet-5-5", usage: { cache_read: 1_000_000 }, ...from("2026-10-07") },
    "0.1",
  ],
  [
    "Sonnet 5 after the day of a rise that was cancelled: 1,000 × 2.00 + 100 × 10.00",
    { model: "claude-sonnet-5", usage: { input: 1_000, output: 100 }, ...on("2026-09-02") },
    "0.003",
  ],
  [
    "Opus 4.6 a millisecond before its long-context price ended: 300,000 × 10.00 + 1,000 × 37.50",
    { model: "claude-opus-4-6", usage: { input: 300_000, output: 1_000 }, ...before("2026-03-13") },
    "3.0375",
  ],
  [
    "Opus 4.6 at its end: 300,000 × 5.00 + 1,000 × 25.00",
    { model: "claude-opus-4-6", usage: { input: 300_000, output: 1_000 }, ...from("2026-03-13") },
    "1.525",
  ],
]);

worked(`${page}: prompts of more than 200,000 tokens, until 2026-04-30`, "anthropic", [
  [
    "Sonnet 4.5, at it: 200,000 × 3.00 + 1,000 × 15.00",
    {
      model: "claude-sonnet-4-5-20250929",
      usage: { input: 200_000, output: 1_000 },
      ...on("2025-11-01"),
    },
    "0.615",
  ],
  [
    "Sonnet 4.5, one above: 200,001 × 6.00 + 1,000 × 22.50",
    {
      model: "claude-sonnet-4-5-20250929",
      usage: { input: 200_001, output: 1_000 },
      ...on("2025-11-01"),
    },
    "1.222506",
  ],
  [
    "Sonnet 4, what is cached counts: 1,000 × 6.00 + 200,000 × 0.60",
    {
      model: "claude-sonnet-4-20250514",
      usage: { input: 1_000, cache_read: 200_000 },
      ...on("2025-11-01"),
    },
    "0.126",
  ],
  [
    "Sonnet 4.5 on batch, half of the long price: 200,001 × 3.00 + 1,000 × 11.25",
    {
      model: "claude-sonnet-4-5-20250929",
      usage: { input: 200_001, output: 1_000 },
      served: { tier: "batch" },
      ...on("2025-11-01"),
    },
    "0.611253",
  ],
]);

worked(`${page}: Haiku 5.5 by the length of the prompt`, "anthropic", [
  [
    "one below: 9,999 × 0.10 + 20,000 × 0.125 + 70,000 × 0.01 + 1,000 × 0.50",
    {
      model: "claude-haiku-5-5",
      usage: { input: 9_999, cache_write_5m: 20_000, cache_read: 70_000, output: 1_000 },
    },
    "0.0046999",
  ],
  [
    "at 100,000, cached tokens counted: 10,000 × 0.10 + 20,000 × 0.125 + 70,000 × 0.01 + 1,000 × 0.50",
    {
      model: "claude-haiku-5-5",
      usage: { input: 10_000, cache_write_5m: 20_000, cache_read: 70_000, output: 1_000 },
    },
    "0.0047",
  ],
  [
    "one above, five times on all of it: 10,001 × 0.50 + 20,000 × 0.625 + 70,000 × 0.05 + 1,000 × 2.50",
    {
      model: "claude-haiku-5-5",
      usage: { input: 10_001, cache_write_5m: 20_000, cache_read: 70_000, output: 1_000 },
    },
    "0.0235005",
  ],
  [
    "one above on batch, half of that",
    {
      model: "claude-haiku-5-5",
      usage: { input: 10_001, cache_write_5m: 20_000, cache_read: 70_000, output: 1_000 },
      served: { tier: "batch" },
    },
    "0.01175025",
  ],
]);

worked(`${page}: batch, fast mode, US-only inference`, "anthropic", [
  [
    "Sonnet 4.6 on batch: 1,000 × 1.50 + 100 × 7.50",
    { model: "claude-sonnet-4-6", usage: { input: 1_000, output: 100 }, served: { tier: "batch" } },
    "0.00225",
  ],
  [
    "Opus 5.5 on batch, written for an hour: 10,000 × 4.00 + 100 × 10.00",
    { model: "claude-opus-5-5", usage: { cache_write_1h: 10_000, output: 100 }, served: { tier: "batch" } },
    "0.041",
  ],
  [
    "a web search on batch is not halved: 1,000 × 1.50 + 10.00 / 1,000",
    { model: "claude-sonnet-4-6", usage: { input: 1_000, search: 1 }, served: { tier: "batch" } },
    "0.0115",
  ],
  [
    "Opus 5 as fast: 1,000 × 10.00 + 1,000 × 50.00",
    { model: "claude-opus-5", usage: { input: 1_000, output: 1_000 }, served: { tier: "fast" } },
    "0.06",
  ],
  [
    "Opus 5.5 as fast, with a read: 1,000 × 8.00 + 10,000 × 0.40 + 100 × 40.00",
    {
      model: "claude-opus-5-5",
      usage: { input: 1_000, cache_read: 10_000, output: 100 },
      served: { tier: "fast" },
    },
    "0.016",
  ],
  [
    "Opus 4.6 as fast in its first weeks, six times: 1,000 × 30.00 + 100 × 150.00",
    {
      model: "claude-opus-4-6",
      usage: { input: 1_000, output: 100 },
      served: { tier: "fast" },
      ...on("2026-02-20"),
    },
    "0.045",
  ],
  [
    "and twelve times above 200,000: 300,000 × 60.00 + 100 × 225.00",
    {
      model: "claude-opus-4-6",
      usage: { input: 300_000, output: 100 },
      served: { tier: "fast" },
      ...on("2026-02-20"),
    },
    "18.0225",
  ],
  [
    "six times for all lengths since 2026-03-13: 300,000 × 30.00 + 100 × 150.00",
    {
      model: "claude-opus-4-6",
      usage: { input: 300_000, output: 100 },
      served: { tier: "fast" },
      ...on("2026-04-20"),
    },
    "9.015",
  ],
  [
    "Sonnet 5.5 in the US: (1,000 × 2.00 + 10,000 × 0.10 + 100 × 10.00) × 1.1",
    {
      model: "claude-sonnet-5-5",
      usage: { input: 1_000, cache_read: 10_000, output: 100 },
      served: { region: "us" },
    },
    "0.0044",
  ],
  [
    "Haiku 5.5 in the US, one token read: 0.01 × 1.1, of which nothing is rounded away",
    { model: "claude-haiku-5-5", usage: { cache_read: 1 }, served: { region: "us" } },
    "0.000000011",
  ],
  [
    "Sonnet 5.5 anywhere: 1,000 × 2.00 + 100 × 10.00",
    { model: "claude-sonnet-5-5", usage: { input: 1_000, output: 100 }, served: { region: "global" } },
    "0.003",
  ],
  [
    "Haiku 4.5 is older than the factor: 1,000 × 1.00 + 100 × 5.00",
    { model: "claude-haiku-4-5-20251001", usage: { input: 1_000, output: 100 }, served: { region: "us" } },
    "0.0015",
  ],
  [
    "Opus 4.6 in the US on batch: (1,000 × 2.50 + 100 × 12.50) × 1.1",
    {
      model: "claude-opus-4-6",
      usage: { input: 1_000, output: 100 },
      served: { region: "us", tier: "batch" },
    },
    "0.004125",
  ],
  [
    "Opus 4.8 in the US as fast: (1,000 × 10.00 + 100 × 50.00) × 1.1",
    {
      model: "claude-opus-4-8",
      usage: { input: 1_000, output: 100 },
      served: { region: "us", tier: "fast" },
    },
    "0.0165",
  ],
]);

worked("https://platform.claude.com/docs/en/build-with-claude/refusals-and-fallback", "anthropic", [
  [
    "Fable 5 that refuses before any output is not billed, whatever it counts",
    { model: "claude-fable-5", usage: { input: 1_000, output: 0 }, refusal: "before_output" },
    "0",
  ],
  [
    "Fable 5 that refuses in the middle is: 1,000 × 10.00 + 20 × 50.00",
    { model: "claude-fable-5", usage: { input: 1_000, output: 20 }, refusal: "after_output" },
    "0.011",
  ],
  [
    "Opus 4.5 is billed for a refusal: 1,000 × 5.00",
    { model: "claude-opus-4-5", usage: { input: 1_000, output: 0 }, refusal: "before_output" },
    "0.005",
  ],
]);

worked("https://platform.claude.com/docs/en/agents-and-tools/tool-use/advisor-tool", "anthropic", [
  [
    "Sonnet 4.6 with Opus 4.6 as adviser, each at its own price: 1,000 × 3.00 + 500 × 15.00, and 2,000 × 5.00 + 300 × 25.00",
    {
      model: "claude-sonnet-4-6",
      usage: { input: 1_000, output: 500 },
      alsoUsed: [{ model: "claude-opus-4-6", usage: { input: 2_000, output: 300 } }],
    },
    "0.028",
  ],
  [
    "and the length of a prompt is each model's own: Haiku 5.5, 60,000 × 0.10, and Haiku 5.5 again, 60,000 × 0.10",
    {
      model: "claude-haiku-5-5",
      usage: { input: 60_000 },
      alsoUsed: [{ model: "claude-haiku-5-5", usage: { input: 60_000 } }],
    },
    "0.012",
  ],
]);

unpriced(page, "anthropic", [
  [
    "Opus 4.7 as fast, whose price is not known here",
    { model: "claude-opus-4-7", usage: { input: 1_000 }, served: { tier: "fast" } },
    ["input"],
  ],
  [
    "the priority tier, which is a commitment",
    { model: "claude-sonnet-4-6", usage: { input: 1_000 }, served: { tier: "priority" } },
    ["input"],
  ],
  [
    "Sonnet 3 has no caching",
    { model: "claude-3-sonnet-20240229", usage: { cache_read: 10 } },
    ["cache_read"],
  ],
  [
    "a container, of which the answer does not tell how long it ran",
    { model: "claude-sonnet-4-6", usage: { input: 1_000, session: 1 } },
    ["session"],
  ],
]);
