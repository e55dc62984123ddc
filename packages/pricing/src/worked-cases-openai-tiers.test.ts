import { before, from, unpriced, worked } from "./worked-cases.ts";

const page = "https://developers.openai.com/api/docs/pricing";

worked(`${page}: batch, flex, fast`, "openai", [
  [
    "gpt-4o-mini on batch: 1,000,000 × 0.075 + 100,000 × 0.30",
    { model: "gpt-4o-mini", usage: { input: 1_000_000, output: 100_000 }, served: { tier: "batch" } },
    "0.105",
  ],
  [
    "gpt-4o on batch has no discount for caching: 1,000 × 1.25 + 4,000 × 1.25 + 500 × 5.00",
    { model: "gpt-4o", usage: { input: 1_000, cache_read: 4_000, output: 500 }, served: { tier: "batch" } },
    "0.00875",
  ],
  [
    "gpt-5 on batch has one: 1,000 × 0.625 + 10,000 × 0.0625 + 1,000 × 5.00",
    { model: "gpt-5", usage: { input: 1_000, cache_read: 10_000, output: 1_000 }, served: { tier: "batch" } },
    "0.00625",
  ],
  [
    "gpt-5.4 on batch: 1,000 × 1.25 + 10,000 × 0.13 + 100 × 7.50",
    { model: "gpt-5.4", usage: { input: 1_000, cache_read: 10_000, output: 100 }, served: { tier: "batch" } },
    "0.0033",
  ],
  [
    "gpt-3.5-turbo-1106 on batch: no discount, 1,000 × 1.00 + 1,000 × 2.00",
    { model: "gpt-3.5-turbo-1106", usage: { input: 1_000, output: 1_000 }, served: { tier: "batch" } },
    "0.003",
  ],
  [
    "text-embedding-3-small on batch: 1,000,000 × 0.01",
    { model: "text-embedding-3-small", usage: { input: 1_000_000 }, served: { tier: "batch" } },
    "0.01",
  ],
  [
    "o3 on flex: 1,000 × 1.00 + 2,000 × 0.25 + 500 × 4.00",
    { model: "o3", usage: { input: 1_000, cache_read: 2_000, output: 500 }, served: { tier: "flex" } },
    "0.0035",
  ],
  [
    "gpt-5-mini on flex, reasoning: 1,000 × 0.125 + 2,000 × 1.00",
    { model: "gpt-5-mini", usage: { input: 1_000, reasoning: 2_000 }, served: { tier: "flex" } },
    "0.002125",
  ],
  [
    "gpt-4.1 as priority: 1,000 × 3.50 + 4,000 × 0.875 + 100 × 14.00",
    {
      model: "gpt-4.1",
      usage: { input: 1_000, cache_read: 4_000, output: 100 },
      served: { tier: "priority" },
    },
    "0.0084",
  ],
  [
    "gpt-5.5 as fast, two and a half times: 1,000 × 12.50 + 100 × 75.00",
    { model: "gpt-5.5", usage: { input: 1_000, output: 100 }, served: { tier: "fast" } },
    "0.02",
  ],
  [
    "gpt-5.6-sol as fast, twice: 1,000 × 8.00 + 1,000 × 40.00",
    { model: "gpt-5.6-sol", usage: { input: 1_000, output: 1_000 }, served: { tier: "fast" } },
    "0.048",
  ],
  [
    "gpt-5.6-sol as fast and long: 300,000 × 16.00 + 1,000 × 60.00",
    { model: "gpt-5.6-sol", usage: { input: 300_000, output: 1_000 }, served: { tier: "priority" } },
    "4.86",
  ],
  [
    "gpt-6.2-sol as ultrafast through February 2027, three times: 1,000 × 6.00 + 100 × 30.00",
    {
      model: "gpt-6.2-sol",
      usage: { input: 1_000, output: 100 },
      served: { tier: "ultrafast" },
      ...before("2027-03-01"),
    },
    "0.009",
  ],
  [
    "gpt-6.2-sol as ultrafast from March 2027, six times: 1,000 × 12.00 + 100 × 60.00",
    {
      model: "gpt-6.2-sol",
      usage: { input: 1_000, output: 100 },
      served: { tier: "ultrafast" },
      ...from("2027-03-01"),
    },
    "0.018",
  ],
  [
    "gpt-5.5 asked for as priority and served as default: 1,000 × 5.00 + 100 × 30.00",
    {
      model: "gpt-5.5",
      usage: { input: 1_000, output: 100 },
      served: { tier: "default" },
      requested: { tier: "priority" },
    },
    "0.008",
  ],
  [
    "gpt-5.5 asked for as flex by an answer that does not say: 1,000 × 2.50 + 100 × 15.00",
    { model: "gpt-5.5", usage: { input: 1_000, output: 100 }, requested: { tier: "flex" } },
    "0.004",
  ],
]);

worked(`${page}: regional processing`, "openai", [
  [
    "gpt-5.4 in the EU: (1,000 × 2.50 + 100 × 15.00) × 1.1",
    { model: "gpt-5.4", usage: { input: 1_000, output: 100 }, served: { region: "eu" } },
    "0.0044",
  ],
  [
    "gpt-5.2 in the EU is older than the uplift: 1,000 × 1.75 + 100 × 14.00",
    { model: "gpt-5.2", usage: { input: 1_000, output: 100 }, served: { region: "eu" } },
    "0.00315",
  ],
  [
    "gpt-6-luna in the US on batch: (1,000 × 0.05 + 100 × 0.25) × 1.1",
    { model: "gpt-6-luna", usage: { input: 1_000, output: 100 }, served: { region: "us", tier: "batch" } },
    "0.0000825",
  ],
  [
    "gpt-5.4 in the EU with a search, whose fee stays: 0.0044 + 10.00 / 1,000",
    { model: "gpt-5.4", usage: { input: 1_000, output: 100, search: 1 }, served: { region: "eu" } },
    "0.0144",
  ],
]);

worked(`${page}: tools`, "openai", [
  [
    "two web searches: 1,000 × 1.25 + 100 × 10.00 + 2 × 10.00 / 1,000",
    { model: "gpt-5", usage: { input: 1_000, output: 100, search: 2 } },
    "0.02225",
  ],
  [
    "a web search on batch costs what it costs: 1,000 × 0.625 + 10.00 / 1,000",
    { model: "gpt-5", usage: { input: 1_000, search: 1 }, served: { tier: "batch" } },
    "0.010625",
  ],
  [
    "two file searches: 1,000 × 2.00 + 2 × 2.50 / 1,000",
    { model: "gpt-4.1", usage: { input: 1_000, file_search: 2 } },
    "0.007",
  ],
  ["a container: 1,000 × 1.25 + 0.03", { model: "gpt-5", usage: { input: 1_000, session: 1 } }, "0.03125"],
  [
    "the preview search of gpt-4o-search-preview: 1,000 × 2.50 + 25.00 / 1,000",
    { model: "gpt-4o-search-preview", usage: { input: 1_000, search: 1 } },
    "0.0275",
  ],
]);

unpriced(page, "openai", [
  [
    "gpt-4.1 with a web search, which has two prices there",
    { model: "gpt-4.1", usage: { input: 1_000, search: 1 } },
    ["search"],
  ],
  [
    "gpt-4o-mini on flex, which it is not offered on",
    { model: "gpt-4o-mini", usage: { input: 1_000 }, served: { tier: "flex" } },
    ["input"],
  ],
  ["dall-e-3 without a size", { model: "dall-e-3", usage: { image: 1 } }, ["image"]],
  [
    "gpt-5.2 with a cache write",
    { model: "gpt-5.2", usage: { input: 1_000, cache_write_30m: 10 } },
    ["cache_write_30m"],
  ],
]);
