import { before, from, on, unpriced, worked } from "./worked-cases.ts";

const page = "https://ai.google.dev/gemini-api/docs/pricing";

worked(`${page}: prompts of more than 200k tokens`, "google", [
  [
    "2.5 Pro, one below: 199,999 × 1.25 + 1,000 × 10.00",
    { model: "gemini-2.5-pro", usage: { input: 199_999, output: 1_000 } },
    "0.25999875",
  ],
  [
    "2.5 Pro, at it: 200,000 × 1.25 + 1,000 × 10.00",
    { model: "gemini-2.5-pro", usage: { input: 200_000, output: 1_000 } },
    "0.26",
  ],
  [
    "2.5 Pro, one above: 200,001 × 2.50 + 1,000 × 15.00",
    { model: "gemini-2.5-pro", usage: { input: 200_001, output: 1_000 } },
    "0.5150025",
  ],
  [
    "2.5 Pro, cached tokens count: 1 × 2.50 + 200,000 × 0.25",
    { model: "gemini-2.5-pro", usage: { input: 1, cache_read: 200_000 } },
    "0.0500025",
  ],
  [
    "3.1 Pro, images count: 150,000 × 4.00 + 50,001 × 4.00 + 100 × 18.00",
    { model: "gemini-3.1-pro-preview", usage: { input: 150_000, image_input: 50_001, output: 100 } },
    "0.801804",
  ],
  [
    "1.5 Flash at 128,000: 128,000 × 0.075 + 1,000 × 0.30",
    { model: "gemini-1.5-flash-002", usage: { input: 128_000, output: 1_000 }, ...on("2025-01-10") },
    "0.0099",
  ],
  [
    "1.5 Flash above: 128,001 × 0.15 + 1,000 × 0.60",
    { model: "gemini-1.5-flash-002", usage: { input: 128_001, output: 1_000 }, ...on("2025-01-10") },
    "0.01980015",
  ],
]);

worked(`${page}: text and audio`, "google", [
  [
    "2.5 Pro, thinking beside the answer, as output: 1,000 × 1.25 + 100 × 10.00 + 900 × 10.00",
    { model: "gemini-2.5-pro", usage: { input: 1_000, output: 100, reasoning: 900 } },
    "0.01125",
  ],
  [
    "2.5 Flash, audio beside text: 1,000 × 0.30 + 1,000 × 1.00 + 1,000 × 2.50",
    { model: "gemini-2.5-flash", usage: { input: 1_000, audio_input: 1_000, output: 1_000 } },
    "0.0038",
  ],
  [
    "2.5 Flash, cached text and cached audio: 10,000 × 0.03 + 10,000 × 0.10",
    { model: "gemini-2.5-flash", usage: { cache_read: 10_000, audio_cache_read: 10_000 } },
    "0.0013",
  ],
  [
    "2.5 Flash, video as text: 258 × 0.30 + 100 × 2.50",
    { model: "gemini-2.5-flash", usage: { video_input: 258, output: 100 } },
    "0.0003274",
  ],
  [
    "a spoken answer: 50 × 0.50 + 1,000 × 10.00",
    { model: "gemini-2.5-flash-preview-tts", usage: { input: 50, audio_output: 1_000 } },
    "0.010025",
  ],
  [
    "the live model: 100 × 0.75 + 1,000 × 3.00 + 500 × 12.00",
    { model: "gemini-3.1-flash-live-preview", usage: { input: 100, audio_input: 1_000, audio_output: 500 } },
    "0.009075",
  ],
]);

worked(`${page}: context caching by the hour`, "google", [
  [
    "2.5 Pro, 100,000 tokens for two hours: 200,000 × 4.50",
    { model: "gemini-2.5-pro", operation: "cachedContents", usage: { cached_token_hour: 200_000 } },
    "0.9",
  ],
  [
    "2.5 Flash, a prompt from the cache and an hour of it: 50,000 × 0.03 + 100 × 2.50 + 50,000 × 1.00",
    { model: "gemini-2.5-flash", usage: { cache_read: 50_000, output: 100, cached_token_hour: 50_000 } },
    "0.05175",
  ],
  [
    "3.8 Flash in 2026: 1,000,000 × 0.50",
    { model: "gemini-3.8-flash", usage: { cached_token_hour: 1_000_000 } },
    "0.5",
  ],
]);

worked(`${page}: batch, flex, priority`, "google", [
  [
    "2.5 Flash on batch, cached tokens not halved: 1,000 × 0.15 + 10,000 × 0.03 + 100 × 1.25",
    {
      model: "gemini-2.5-flash",
      usage: { input: 1_000, cache_read: 10_000, output: 100 },
      served: { tier: "batch" },
    },
    "0.000575",
  ],
  [
    "3.1 Pro on batch: 1,000 × 1.00 + 10,000 × 0.20 + 100 × 6.00",
    {
      model: "gemini-3.1-pro-preview",
      usage: { input: 1_000, cache_read: 10_000, output: 100 },
      served: { tier: "batch" },
    },
    "0.0036",
  ],
  [
    "3.1 Pro on batch, long: 200,001 × 2.00 + 100 × 9.00",
    { model: "gemini-3.1-pro-preview", usage: { input: 200_001, output: 100 }, served: { tier: "batch" } },
    "0.400902",
  ],
  [
    "3.8 Flash on flex, cached tokens halved: 1,000 × 0.375 + 10,000 × 0.0375 + 100 × 1.875",
    {
      model: "gemini-3.8-flash",
      usage: { input: 1_000, cache_read: 10_000, output: 100 },
      served: { tier: "flex" },
    },
    "0.0009375",
  ],
  [
    "2.5 Pro as priority: 1,000 × 2.25 + 100 × 18.00",
    { model: "gemini-2.5-pro", usage: { input: 1_000, output: 100 }, served: { tier: "priority" } },
    "0.00405",
  ],
  [
    "2.5 Pro as priority, long: 200,001 × 4.50 + 100 × 27.00",
    { model: "gemini-2.5-pro", usage: { input: 200_001, output: 100 }, served: { tier: "priority" } },
    "0.9027045",
  ],
  [
    "embeddings on batch: 1,000,000 × 0.075",
    { model: "gemini-embedding-001", usage: { input: 1_000_000 }, served: { tier: "batch" } },
    "0.075",
  ],
]);

worked(`${page}: dated prices`, "google", [
  [
    "1.5 Pro in September 2024: 10,000 × 3.50 + 1,000 × 10.50",
    { model: "gemini-1.5-pro", usage: { input: 10_000, output: 1_000 }, ...before("2024-10-01") },
    "0.0455",
  ],
  [
    "1.5 Pro from October 2024: 10,000 × 1.25 + 1,000 × 5.00",
    { model: "gemini-1.5-pro", usage: { input: 10_000, output: 1_000 }, ...from("2024-10-01") },
    "0.0175",
  ],
  [
    "1.5 Flash in July 2024: 10,000 × 0.35 + 1,000 × 1.05",
    { model: "gemini-1.5-flash", usage: { input: 10_000, output: 1_000 }, ...on("2024-07-15") },
    "0.00455",
  ],
  [
    "3.8 Flash in the last millisecond of 2026: 10,000 × 0.75 + 1,000 × 3.75",
    { model: "gemini-3.8-flash", usage: { input: 10_000, output: 1_000 }, ...before("2027-01-01") },
    "0.01125",
  ],
  [
    "3.8 Flash from 2027: 10,000 × 1.50 + 1,000 × 7.50",
    { model: "gemini-3.8-flash", usage: { input: 10_000, output: 1_000 }, ...from("2027-01-01") },
    "0.0225",
  ],
  [
    "Gemini 4 Argon from December 2026: 10,000 × 4.00 + 1,000 × 20.00",
    { model: "gemini-4-argon", usage: { input: 10_000, output: 1_000 }, ...from("2026-12-01") },
    "0.06",
  ],
]);

worked(`${page}: grounding of Gemini 3 with Google Search`, "google", [
  [
    "within the month's 5,000: 1,000 × 0.50 + 3 × 0",
    { model: "gemini-3-flash-preview", usage: { input: 1_000, search: 3 } },
    "0.0005",
  ],
  [
    "across them: 1 × 0 + 2 × 14.00 / 1,000",
    { model: "gemini-3-flash-preview", usage: { search: 3 } },
    "0.028",
    { volumeBefore: () => 4_999 },
  ],
  [
    "beyond them, on batch too: 1,000 × 0.25 + 14.00 / 1,000",
    { model: "gemini-3-flash-preview", usage: { input: 1_000, search: 1 }, served: { tier: "batch" } },
    "0.01425",
    { volumeBefore: () => 5_000 },
  ],
]);

worked(`${page}: images, video, music, embeddings`, "google", [
  [
    "2.5 Flash Image: 100 × 0.30 + 1,290 × 30.00",
    { model: "gemini-2.5-flash-image", usage: { input: 100, image_output: 1_290 } },
    "0.03873",
  ],
  [
    "3 Pro Image, a picture of 2K: 100 × 2.00 + 1,120 × 120.00",
    { model: "gemini-3-pro-image-preview", usage: { input: 100, image_output: 1_120 } },
    "0.1346",
  ],
  [
    "3.1 Flash Image on batch, a picture of 1K: 1,120 × 30.00",
    { model: "gemini-3.1-flash-image-preview", usage: { image_output: 1_120 }, served: { tier: "batch" } },
    "0.0336",
  ],
  ["Imagen 4 Ultra: 2 × 0.06", { model: "imagen-4.0-ultra-generate-001", usage: { image: 2 } }, "0.12"],
  [
    "Veo 3.1: 8 s × 0.40",
    { model: "veo-3.1-generate-preview", usage: { video_second: 8 }, served: { resolution: "1080p" } },
    "3.2",
  ],
  [
    "Veo 3.1 Fast in 4k: 8 s × 0.35",
    { model: "veo-3.1-fast-generate-preview", usage: { video_second: 8 }, served: { resolution: "4k" } },
    "2.8",
  ],
  ["a song, by request: 0.08", { model: "lyria-3-pro-preview" }, "0.08"],
  [
    "gemini-embedding-001: 2,048 × 0.15",
    { model: "gemini-embedding-001", usage: { input: 2_048 } },
    "0.0003072",
  ],
  [
    "gemini-embedding-2: 100 × 0.20 + 258 × 0.45 + 320 × 6.50",
    { model: "gemini-embedding-2", usage: { input: 100, image_input: 258, audio_input: 320 } },
    "0.0022161",
  ],
]);

unpriced(page, "google", [
  [
    "grounding of 2.5 Flash, which is billed by prompt beyond a free amount a day",
    { model: "gemini-2.5-flash", usage: { input: 1_000, search: 1 } },
    ["search"],
  ],
  [
    "cached tokens of 2.5 Pro between two prices whose day is not known",
    { model: "gemini-2.5-pro", usage: { cache_read: 10 }, ...on("2025-10-01") },
    ["cache_read"],
  ],
  [
    "Veo 3.1 without a resolution",
    { model: "veo-3.1-generate-preview", usage: { video_second: 8 } },
    ["video_second"],
  ],
]);
