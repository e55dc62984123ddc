import { worked } from "./worked-cases.ts";

const page = "https://developers.openai.com/api/docs/pricing";

worked(`${page}: audio`, "openai", [
  [
    "gpt-realtime, text and audio, cached and not: 100 × 4.00 + 1,000 × 0.40 + 2,000 × 32.00 + 10,000 × 0.40 + 100 × 16.00 + 1,000 × 64.00",
    {
      model: "gpt-realtime",
      usage: {
        input: 100,
        cache_read: 1_000,
        audio_input: 2_000,
        audio_cache_read: 10_000,
        output: 100,
        audio_output: 1_000,
      },
    },
    "0.1344",
  ],
  [
    "gpt-4o-audio-preview: 100 × 2.50 + 1,000 × 40.00 + 50 × 10.00 + 500 × 80.00",
    {
      model: "gpt-4o-audio-preview",
      usage: { input: 100, audio_input: 1_000, output: 50, audio_output: 500 },
    },
    "0.08075",
  ],
  [
    "gpt-4o-transcribe: 1,000 × 6.00 + 20 × 2.50 + 200 × 10.00",
    { model: "gpt-4o-transcribe", usage: { audio_input: 1_000, input: 20, output: 200 } },
    "0.00805",
  ],
  ["whisper-1: 90 s at 0.006 a minute", { model: "whisper-1", usage: { second: 90 } }, "0.009"],
  ["gpt-transcribe: 60 s at 0.0045 a minute", { model: "gpt-transcribe", usage: { second: 60 } }, "0.0045"],
  ["tts-1: 280 characters × 15.00", { model: "tts-1", usage: { character: 280 } }, "0.0042"],
  ["tts-1-hd: 1,000 characters × 30.00", { model: "tts-1-hd", usage: { character: 1_000 } }, "0.03"],
  [
    "gpt-4o-mini-tts: 50 × 0.60 + 1,000 × 12.00",
    { model: "gpt-4o-mini-tts", usage: { input: 50, audio_output: 1_000 } },
    "0.01203",
  ],
]);

worked(`${page}: images`, "openai", [
  [
    "gpt-image-1, low, 1024 × 1024: 50 × 5.00 + 272 × 40.00",
    { model: "gpt-image-1", usage: { input: 50, image_output: 272 } },
    "0.01113",
  ],
  [
    "gpt-image-1, medium: 50 × 5.00 + 1,056 × 40.00",
    { model: "gpt-image-1", usage: { input: 50, image_output: 1_056 } },
    "0.04249",
  ],
  [
    "gpt-image-1, high: 50 × 5.00 + 4,160 × 40.00",
    { model: "gpt-image-1", usage: { input: 50, image_output: 4_160 } },
    "0.16665",
  ],
  [
    "gpt-image-1, an edit: 323 × 10.00 + 50 × 5.00 + 1,056 × 40.00",
    { model: "gpt-image-1", usage: { image_input: 323, input: 50, image_output: 1_056 } },
    "0.04572",
  ],
  [
    "gpt-image-1 on batch: 50 × 2.50 + 1,056 × 20.00",
    { model: "gpt-image-1", usage: { input: 50, image_output: 1_056 }, served: { tier: "batch" } },
    "0.021245",
  ],
  [
    "gpt-image-1.5 reasons in text: 50 × 5.00 + 100 × 10.00 + 1,000 × 32.00",
    { model: "gpt-image-1.5", usage: { input: 50, output: 100, image_output: 1_000 } },
    "0.03325",
  ],
  [
    "dall-e-3, standard: 0.04",
    { model: "dall-e-3", usage: { image: 1 }, served: { size: "1024x1024", quality: "standard" } },
    "0.04",
  ],
  [
    "dall-e-3, two wide ones in HD: 2 × 0.12",
    { model: "dall-e-3", usage: { image: 2 }, served: { size: "1792x1024", quality: "hd" } },
    "0.24",
  ],
  [
    "dall-e-2, four small ones: 4 × 0.016",
    { model: "dall-e-2", usage: { image: 4 }, served: { size: "256x256" } },
    "0.064",
  ],
]);

worked(`${page}: video`, "openai", [
  ["sora-2: 8 s × 0.10", { model: "sora-2", usage: { video_second: 8 } }, "0.8"],
  [
    "sora-2-pro at 1792 × 1024: 12 s × 0.50",
    { model: "sora-2-pro", usage: { video_second: 12 }, served: { size: "1792x1024" } },
    "6",
  ],
  [
    "sora-2-pro at 720 × 1280 on batch: 8 s × 0.15",
    { model: "sora-2-pro", usage: { video_second: 8 }, served: { size: "720x1280", tier: "batch" } },
    "1.2",
  ],
]);

worked(`${page}: embeddings and moderation`, "openai", [
  [
    "text-embedding-3-small: 8,191 × 0.02",
    { model: "text-embedding-3-small", usage: { input: 8_191 } },
    "0.00016382",
  ],
  [
    "text-embedding-3-large: 8,191 × 0.13",
    { model: "text-embedding-3-large", usage: { input: 8_191 } },
    "0.00106483",
  ],
  ["omni-moderation-latest: free", { model: "omni-moderation-latest", usage: { input: 500 } }, "0"],
]);
