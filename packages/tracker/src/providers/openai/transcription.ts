import type { CountedAnswer } from "../stainless/endpoints.ts";

/** Of what people say: 150 words a minute, of six characters with the space. */
const CHARACTERS_PER_SECOND = 15;
const TIME = /(?:(\d+):)?(\d{1,2}):(\d{2})[.,]\d{3}/g;

/**
 * A transcription as plain text or as subtitles tells no usage. Subtitles end when the recording does, about; else the length of
 * the text says how long it took to speak it.
 */
export function readTranscription(answer: unknown): CountedAnswer {
  if (typeof answer !== "string") return { answer };
  const seconds = lastSecond(answer) ?? Math.ceil(answer.trim().length / CHARACTERS_PER_SECOND);
  return { answer: undefined, end: { isEstimated: true, hints: { seconds } } };
}

function lastSecond(subtitles: string): number | undefined {
  if (!subtitles.includes("-->")) return undefined;
  let last: number | undefined;
  for (const [, hours = "0", minutes, seconds] of subtitles.matchAll(TIME))
    last = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + 1;
  return last;
}
