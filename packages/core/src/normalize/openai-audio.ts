import type { Answer } from "./answer.ts";
import { type Call, type Reading, readingOf, type UsageFormat } from "./normalized-usage.ts";
import { readOpenAIUsage } from "./openai-usage.ts";

/**
 * A transcription or translation, billed by tokens or by the length of the recording, which is rounded to the nearest
 * second. Plain text and subtitles tell neither; the caller may.
 *
 * https://developers.openai.com/api/docs/api-reference/audio/json-object
 * https://github.com/openai/openai-node/blob/v7.57.0/src/resources/audio/transcriptions.ts
 */
export const openAITranscription: UsageFormat = { service: "openai", read: readTranscription };

function readTranscription(answer: Answer, { options }: Call): Reading {
  const usage = answer.at("usage");
  const requestId = answer.at("x_groq").name("id");
  const tokens = readOpenAIUsage(usage.knows("seconds"));
  if (Object.keys(tokens).length > 0) return readingOf({ requestId, usage: tokens });
  const seconds = usage.quantity("seconds") ?? answer.quantity("duration") ?? options.seconds;
  return readingOf({ requestId, usage: seconds === undefined ? {} : { second: Math.round(seconds) } });
}

/**
 * Speech. The answer is sound, so what is billed is in the request: its characters. The last event of a stream
 * (`speech.audio.done`) of a model that is billed by tokens tells those.
 *
 * https://developers.openai.com/api/docs/api-reference/audio/createSpeech
 */
export const openAISpeech: UsageFormat = { service: "openai", read: readSpeech };

function readSpeech(answer: Answer, { request, options }: Call): Reading {
  const tokens = readOpenAIUsage(answer.at("usage"), { outputKind: "audio" });
  if (Object.keys(tokens).length > 0) return readingOf({ usage: tokens });
  const characters = options.characters ?? request.lengthOf("input");
  return readingOf({ usage: characters === undefined ? {} : { character: characters } });
}
