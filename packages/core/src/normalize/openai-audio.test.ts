import { describe, expect, it } from "vitest";
import { normalizeUsage } from "./normalize-usage.ts";

describe("usage of a transcription", () => {
  // https://developers.openai.com/api/docs/api-reference/audio/createTranscription
  it("is in tokens of sound and of text", () => {
    const answer = {
      text: "Imagine the wildest idea that you've ever had.",
      usage: {
        type: "tokens",
        input_tokens: 14,
        input_token_details: { text_tokens: 0, audio_tokens: 14 },
        output_tokens: 45,
        total_tokens: 59,
      },
    };
    expect(
      normalizeUsage("openai.transcription", answer, { request: { model: "gpt-4o-transcribe" } }),
    ).toEqual({
      service: "openai",
      model: "gpt-4o-transcribe",
      requested: { model: "gpt-4o-transcribe" },
      usage: { input: 0, audio_input: 14, output: 45 },
      usageProblems: [],
    });
  });

  // The same page: models that are billed by the length of the recording, to the nearest second.
  it("is in seconds", () => {
    const usageOf = (answer: object) => normalizeUsage("openai.transcription", answer).usage;
    expect(usageOf({ text: "…", usage: { type: "duration", seconds: 9 } })).toEqual({ second: 9 });
    expect(usageOf({ text: "…", usage: { type: "duration", seconds: 8.47 } })).toEqual({ second: 8 });
    expect(usageOf({ task: "transcribe", language: "english", duration: 8.6, segments: [] })).toEqual({
      second: 9,
    });
    expect(usageOf({ task: "transcribe", duration: "8.470000267028809" })).toEqual({ second: 8 });
  });

  it("is what the caller knows of the recording, where the answer is but text", () => {
    expect(normalizeUsage("openai.transcription", "Imagine …", { seconds: 61.4 }).usage).toEqual({
      second: 61,
    });
    expect(normalizeUsage("openai.transcription", "Imagine …").usage).toEqual({});
  });
});

describe("usage of speech", () => {
  it("is the characters of the text that was to be spoken", () => {
    const request = { model: "tts-1-hd", voice: "alloy", input: "Grüße 👋" };
    expect(normalizeUsage("openai.speech", undefined, { request })).toMatchObject({
      model: "tts-1-hd",
      usage: { character: 7 },
    });
    expect(normalizeUsage("openai.speech", undefined, { characters: 1200 }).usage).toEqual({
      character: 1200,
    });
    expect(normalizeUsage("openai.speech", new Uint8Array([1, 2, 3])).usage).toEqual({});
  });

  // https://developers.openai.com/api/docs/api-reference/audio/speech-audio-done-event
  it("is in tokens where a stream tells them", () => {
    const done = {
      type: "speech.audio.done",
      usage: { input_tokens: 14, output_tokens: 101, total_tokens: 115 },
    };
    const request = { model: "gpt-4o-mini-tts", input: "Hello", stream_format: "sse" };
    expect(normalizeUsage("openai.speech", done, { request }).usage).toEqual({
      input: 14,
      output: 0,
      audio_output: 101,
    });
  });
});
