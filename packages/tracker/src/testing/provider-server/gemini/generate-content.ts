import type { Candidate, Part } from "@google/genai";
import type { CompleteAnswer } from "../answer.ts";
import { type Exchange, eventStreamReply, jsonReply, type Reply } from "../reply.ts";
import { usageMetadata } from "./usage.ts";

/** Source: https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse */
export function generateContent(exchange: Exchange): Reply {
  const { answer } = exchange;
  const content = contentOf(partsOf(answer).flat());
  const candidate = { ...content, finishReason: finishReason(answer), index: 0, ...grounding(answer) };
  const body = {
    candidates: [candidate],
    ...(answer.usage && { usageMetadata: usageMetadata(answer.usage, candidateTokens(answer)) }),
    ...envelopeOf(exchange),
    ...answer.body,
  };
  return jsonReply(body, headersOf(answer));
}

/** The counts of each chunk are those up to there: the last are those of the call. */
export function streamGenerateContent(exchange: Exchange): Reply {
  const { answer } = exchange;
  const envelope = envelopeOf(exchange);
  const all = partsOf(answer);
  const chunks = all.map((parts, index) => {
    const last = index === all.length - 1;
    const end = last && { finishReason: finishReason(answer), ...grounding(answer) };
    const output = Math.ceil((candidateTokens(answer) * (index + 1)) / all.length);
    return {
      candidates: [{ ...contentOf(parts), ...end, index: 0 }],
      ...(answer.usage && { usageMetadata: usageMetadata(answer.usage, output) }),
      ...envelope,
      ...(last && answer.body),
    };
  });
  return eventStreamReply(
    chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`),
    headersOf(answer),
  );
}

const candidateTokens = ({ usage }: CompleteAnswer): number => (usage ? usage.output + usage.audioOutput : 0);

const headersOf = ({ headers }: CompleteAnswer) => ({ "server-timing": "gfet4t7; dur=412", ...headers });

const contentOf = (parts: readonly Part[]) => ({ content: { parts: [...parts], role: "model" } });

/** As they come: in a stream one list a chunk. */
function partsOf({ pieces, toolCalls }: CompleteAnswer): Part[][] {
  if (toolCalls.length === 0) return pieces.map((text) => [{ text }]);
  return toolCalls.map(({ name, arguments: args }) => [{ functionCall: { name, args: { ...args } } }]);
}

function envelopeOf({ answer, ids, parameters }: Exchange) {
  return { modelVersion: answer.model ?? parameters.at(-1), responseId: ids.next("", 22) };
}

function finishReason({ finish }: CompleteAnswer): `${NonNullable<Candidate["finishReason"]>}` {
  if (finish === "length") return "MAX_TOKENS";
  return finish === "refused" ? "SAFETY" : "STOP";
}

/** Source: https://ai.google.dev/gemini-api/docs/google-search */
function grounding({ usage }: CompleteAnswer) {
  if (!usage?.webSearches) return undefined;
  const webSearchQueries = Array.from({ length: usage.webSearches }, (_, index) => `tides ${index + 1}`);
  const groundingChunks = [{ web: { uri: "https://example.com/tides", title: "example.com" } }];
  return { groundingMetadata: { webSearchQueries, groundingChunks } };
}
