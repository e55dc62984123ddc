import { before, from, on, worked } from "./worked-cases.ts";

const page = "https://developers.openai.com/api/docs/pricing";
const models = "https://developers.openai.com/api/docs/models";
const until = "https://platform.openai.com/docs/pricing";

worked(`${page}: chat`, "openai", [
  [
    "gpt-4o, plain: 1,000 × 2.50 + 500 × 10.00",
    { model: "gpt-4o", usage: { input: 1_000, output: 500 } },
    "0.0075",
  ],
  [
    "gpt-4o, a prompt of 2,006 with 1,920 cached: 86 × 2.50 + 1,920 × 1.25 + 300 × 10.00",
    { model: "gpt-4o", usage: { input: 86, cache_read: 1_920, output: 300 } },
    "0.005615",
  ],
  [
    "gpt-4o-mini, one of each: 0.15 + 0.075 + 0.60",
    { model: "gpt-4o-mini", usage: { input: 1, cache_read: 1, output: 1 } },
    "0.000000825",
  ],
  [
    "gpt-4-turbo: 12,000 × 10.00 + 1,500 × 30.00",
    { model: "gpt-4-turbo", usage: { input: 12_000, output: 1_500 } },
    "0.165",
  ],
  ["gpt-4: 700 × 30.00 + 50 × 60.00", { model: "gpt-4-0613", usage: { input: 700, output: 50 } }, "0.024"],
  [
    "gpt-4.1: 1,000 × 2.00 + 4,000 cached × 0.50 + 100 × 8.00",
    { model: "gpt-4.1-2025-04-14", usage: { input: 1_000, cache_read: 4_000, output: 100 } },
    "0.0048",
  ],
  [
    "gpt-5, reasoning as output: 75 × 1.25 + 1,024 × 10.00 + 110 × 10.00",
    { model: "gpt-5", usage: { input: 75, reasoning: 1_024, output: 110 } },
    "0.01143375",
  ],
  [
    "davinci-002: 1,000 × 2.00 + 1,000 × 2.00",
    { model: "davinci-002", usage: { input: 1_000, output: 1_000 } },
    "0.004",
  ],
  [
    "three calls of 200,000 tokens in one metric are no long prompt: 600,000 × 2.50",
    { model: "gpt-5.4", callCount: 3, usage: { input: 600_000 } },
    "1.5",
  ],
  [
    "gpt-5 that had gpt-5-mini at work: 1,000 × 1.25 + 100 × 10.00, and 2,000 × 0.25 + 200 × 2.00",
    {
      model: "gpt-5",
      usage: { input: 1_000, output: 100 },
      alsoUsed: [{ model: "gpt-5-mini", usage: { input: 2_000, output: 200 } }],
    },
    "0.00315",
  ],
]);

worked(`${page}: dated prices`, "openai", [
  [
    "gpt-4o in May 2024: 1,000 × 5.00 + 500 × 15.00",
    { model: "gpt-4o", usage: { input: 1_000, output: 500 }, ...on("2024-05-20") },
    "0.0125",
  ],
  [
    "gpt-4o a millisecond before 2024-10-02: still 5.00 and 15.00",
    { model: "gpt-4o", usage: { input: 1_000, output: 500 }, ...before("2024-10-02") },
    "0.0125",
  ],
  [
    "gpt-4o at midnight: 2.50 and 10.00",
    { model: "gpt-4o", usage: { input: 1_000, output: 500 }, ...from("2024-10-02") },
    "0.0075",
  ],
  [
    "gpt-4o-2024-05-13 keeps its price",
    { model: "gpt-4o-2024-05-13", usage: { input: 1_000, output: 500 } },
    "0.0125",
  ],
  [
    "gpt-3.5-turbo in May 2023: 150 × 2.00 + 75 × 2.00",
    { model: "gpt-3.5-turbo", usage: { input: 150, output: 75 }, ...on("2023-05-15") },
    "0.00045",
  ],
  [
    "gpt-3.5-turbo in January 2024: 150 × 1.50 + 75 × 2.00",
    { model: "gpt-3.5-turbo", usage: { input: 150, output: 75 }, ...on("2024-01-15") },
    "0.000375",
  ],
  [
    "gpt-3.5-turbo since February 2024: 150 × 0.50 + 75 × 1.50",
    { model: "gpt-3.5-turbo", usage: { input: 150, output: 75 }, ...from("2024-02-16") },
    "0.0001875",
  ],
  [
    "o3 the day before its cut: 1,000 × 10.00 + 100 × 40.00",
    { model: "o3", usage: { input: 1_000, reasoning: 100 }, ...on("2025-06-09") },
    "0.014",
  ],
  [
    "o3 on the day of its cut: 1,000 × 2.00 + 100 × 8.00",
    { model: "o3", usage: { input: 1_000, reasoning: 100 }, ...on("2025-06-10") },
    "0.0028",
  ],
  [
    "gpt-5.6-luna a millisecond before its cut: 1,000,000 × 2.00, as the prompt is long",
    { model: "gpt-5.6-luna", usage: { input: 1_000_000 }, ...before("2026-07-30") },
    "2",
  ],
  [
    "gpt-5.6-luna at the cut: 100,000 × 0.20 + 1,000 × 1.20",
    { model: "gpt-5.6-luna", usage: { input: 100_000, output: 1_000 }, ...from("2026-07-30") },
    "0.0212",
  ],
  [
    "text-embedding-ada-002 before June 2023: 1,000 × 0.40",
    { model: "text-embedding-ada-002", usage: { input: 1_000 }, ...before("2023-06-13") },
    "0.0004",
  ],
]);

worked(`${until}: models that are gone`, "openai", [
  [
    "gpt-4-32k: 1,000 × 60.00 + 100 × 120.00",
    { model: "gpt-4-32k", usage: { input: 1_000, output: 100 } },
    "0.072",
  ],
  [
    "a fine-tuned gpt-4o: 1,000 × 3.75 + 100 × 15.00",
    { model: "ft:gpt-4o-2024-08-06:acme:support:9x1", usage: { input: 1_000, output: 100 } },
    "0.00525",
  ],
]);

worked(`${models}: prompts of more than 272K tokens`, "openai", [
  [
    "gpt-5.5, one below: 271,999 × 5.00 + 100 × 30.00",
    { model: "gpt-5.5", usage: { input: 271_999, output: 100 } },
    "1.362995",
  ],
  [
    "gpt-5.5, at it: 272,000 × 5.00 + 100 × 30.00",
    { model: "gpt-5.5", usage: { input: 272_000, output: 100 } },
    "1.363",
  ],
  [
    "gpt-5.5, one above: 272,001 × 10.00 + 100 × 45.00",
    { model: "gpt-5.5", usage: { input: 272_001, output: 100 } },
    "2.72451",
  ],
  [
    "gpt-6-luna, cached tokens count to the length: 72,001 × 0.20 + 200,000 × 0.02 + 100 × 0.75",
    { model: "gpt-6-luna", usage: { input: 72_001, cache_read: 200_000, output: 100 } },
    "0.0184752",
  ],
  [
    "gpt-6-astra on batch, long: 300,000 × 10.00 + 1,000 × 37.50",
    { model: "gpt-6-astra", usage: { input: 300_000, output: 1_000 }, served: { tier: "batch" } },
    "3.0375",
  ],
  [
    "gpt-5.4 on flex, long: 300,000 × 2.50 + 1,000 × 11.25",
    { model: "gpt-5.4", usage: { input: 300_000, output: 1_000 }, served: { tier: "flex" } },
    "0.76125",
  ],
]);

worked(`${models}: cache writes`, "openai", [
  [
    "gpt-5.6-sol, for 30 minutes: 1,000 × 4.00 + 10,000 × 5.00 + 100 × 20.00",
    { model: "gpt-5.6-sol", usage: { input: 1_000, cache_write_30m: 10_000, output: 100 } },
    "0.056",
  ],
  [
    "gpt-6.1-terra, for 30 minutes: 10,000 × 1.25 + 100 × 5.00",
    { model: "gpt-6.1-terra", usage: { cache_write_30m: 10_000, output: 100 } },
    "0.013",
  ],
  [
    "gpt-6.1-terra, for 12 hours: 10,000 × 2.50 + 100 × 5.00",
    { model: "gpt-6.1-terra", usage: { cache_write_12h: 10_000, output: 100 } },
    "0.0255",
  ],
  [
    "gpt-6.1-terra, for 12 hours and long: 300,000 × 5.00 + 100 × 7.50",
    { model: "gpt-6.1-terra", usage: { cache_write_12h: 300_000, output: 100 } },
    "1.50075",
  ],
  [
    "gpt-6.2-sol, for 12 hours: 10,000 × 5.00",
    { model: "gpt-6.2-sol", usage: { cache_write_12h: 10_000 } },
    "0.05",
  ],
  [
    "gpt-6-sol on batch: 10,000 written × 1.25 + 10,000 read × 0.10",
    { model: "gpt-6-sol", usage: { cache_write_30m: 10_000, cache_read: 10_000 }, served: { tier: "batch" } },
    "0.0135",
  ],
]);
