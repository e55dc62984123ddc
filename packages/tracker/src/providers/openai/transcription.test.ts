import { describe, expect, it } from "vitest";
import { readTranscription } from "./transcription.ts";

describe("a transcription that tells no usage", () => {
  it("is as long as its subtitles", () => {
    const srt = "1\n00:00:00,000 --> 00:00:02,500\nHello\n\n2\n00:59:58,000 --> 01:00:03,200\nBye\n";
    expect(readTranscription(srt).end).toEqual({ isEstimated: true, hints: { seconds: 3_604 } });
    const vtt = "WEBVTT\n\n00:00.000 --> 00:04.100\nHello\n";
    expect(readTranscription(vtt).end).toEqual({ isEstimated: true, hints: { seconds: 5 } });
  });

  it("is as long as it takes to say its text", () => {
    expect(readTranscription(`${"word ".repeat(150)}\n`).end?.hints).toEqual({ seconds: 50 });
  });

  it("is left alone when it is an object", () => {
    expect(readTranscription({ text: "a" })).toEqual({ answer: { text: "a" } });
  });
});
