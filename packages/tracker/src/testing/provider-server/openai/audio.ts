import type { CompleteAnswer } from "../answer.ts";
import { type Exchange, eventStreamReply, jsonReply, type Reply } from "../reply.ts";
import { openAIHeaders } from "./headers.ts";
import { requiredModel } from "./require.ts";
import { audioUsage } from "./usage.ts";

/** The begin of an MP3 frame; nobody plays it. */
const SOUND = Buffer.from([0xff, 0xfb, 0x90, 0x64, ...Array(60).fill(0)]);

/** Bytes with no word of usage, unless events are asked for. Source: https://developers.openai.com/api/docs/api-reference/audio/speech-audio-done-event */
export function createSpeech(exchange: Exchange): Reply {
  const { request, answer, ids } = exchange;
  requiredModel(exchange);
  const headers = { ...openAIHeaders(ids), ...answer.headers };
  if (request.body.stream_format === "sse") {
    const usage = answer.usage && { usage: audioUsage(answer.usage) };
    const events = [
      { type: "speech.audio.delta", audio: SOUND.toString("base64") },
      { type: "speech.audio.done", ...usage, ...answer.body },
    ];
    return eventStreamReply(
      events.map((event) => `data: ${JSON.stringify(event)}\n\n`),
      headers,
    );
  }
  return {
    status: 200,
    headers: { "content-type": "audio/mpeg", ...headers },
    chunks: [SOUND, SOUND],
    streamed: true,
  };
}

/** Source: https://github.com/openai/openai-node/blob/v7.57.0/src/resources/audio/transcriptions.ts */
export function createTranscription(exchange: Exchange): Reply {
  const { request, answer, ids } = exchange;
  const model = requiredModel(exchange);
  const headers = { ...openAIHeaders(ids), ...answer.headers };
  const { response_format: format, stream } = request.body;
  const usage = transcriptionUsage(answer, model);
  if (stream === "true") {
    const deltas = answer.pieces.map((delta) => ({ type: "transcript.text.delta", delta }));
    const done = { type: "transcript.text.done", text: answer.text, ...usage, ...answer.body };
    return eventStreamReply(
      [...deltas, done].map((event) => `data: ${JSON.stringify(event)}\n\n`),
      headers,
    );
  }
  if (format === "text" || format === "srt" || format === "vtt")
    return {
      status: 200,
      headers: { "content-type": "text/plain; charset=utf-8", ...headers },
      chunks: [`${answer.text}\n`],
      streamed: false,
    };
  const verbose = format === "verbose_json" && {
    task: "transcribe",
    language: "english",
    duration: answer.usage?.seconds ?? 5,
    segments: [],
  };
  return jsonReply({ ...verbose, text: answer.text, ...usage, ...answer.body }, headers);
}

/** Whisper is billed by time, the models after it by tokens. */
function transcriptionUsage({ usage }: CompleteAnswer, model: string) {
  if (!usage) return undefined;
  if (model.startsWith("whisper")) return { usage: { type: "duration", seconds: usage.seconds } };
  return { usage: audioUsage(usage) };
}
