import { type Exchange, jsonReply, type Reply } from "../reply.ts";
import { openAIHeaders } from "./headers.ts";
import { requiredModel } from "./require.ts";
import { embeddingUsage } from "./usage.ts";

/** As base64 of little-endian 32-bit floats when asked so, which the SDKs do unless they are told otherwise. */
export function createEmbeddings(exchange: Exchange): Reply {
  const { request, answer, ids } = exchange;
  const { encoding_format, dimensions } = request.body;
  const vector = unitVector(Number(dimensions ?? 8));
  const embedding = encoding_format === "base64" ? base64Of(vector) : vector;
  const body = {
    object: "list",
    data: inputsOf(request.body.input).map((_, index) => ({ object: "embedding", index, embedding })),
    model: answer.model ?? requiredModel(exchange),
    ...(answer.usage && { usage: embeddingUsage(answer.usage) }),
    ...answer.body,
  };
  return jsonReply(body, { ...openAIHeaders(ids), ...answer.headers });
}

/** A list of numbers is one input: its tokens. */
function inputsOf(input: unknown): readonly unknown[] {
  return Array.isArray(input) && typeof input[0] !== "number" ? input : [input];
}

const unitVector = (dimensions: number): number[] =>
  Array.from({ length: dimensions }, (_, index) => (index === 0 ? 1 : 0));

const base64Of = (vector: readonly number[]): string =>
  Buffer.from(new Float32Array(vector).buffer).toString("base64");
