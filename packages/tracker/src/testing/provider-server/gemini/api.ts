import type { ProviderApi } from "../provider-api.ts";
import { type Exchange, jsonReply, type Reply, type Route } from "../reply.ts";
import { googleErrors } from "./errors.ts";
import { generateContent, streamGenerateContent } from "./generate-content.ts";

/** By what follows the model's name. Source: https://ai.google.dev/api/all-methods */
const methods: Readonly<Record<string, Route>> = {
  generateContent,
  streamGenerateContent,
  countTokens: ({ answer }) => jsonReply({ totalTokens: answer.usage?.input ?? 0 }, answer.headers),
  embedContent: ({ answer }) => jsonReply({ embedding: { values: VECTOR }, ...answer.body }, answer.headers),
  batchEmbedContents: ({ request, answer }) => {
    const embeddings = listOf(request.body.requests).map(() => ({ values: VECTOR }));
    return jsonReply({ embeddings, ...answer.body }, answer.headers);
  },
  predict,
};

const VECTOR = [1, 0, 0, 0];
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** Images, or vectors of the models on Vertex. Source: https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api */
function predict({ request, answer, parameters }: Exchange): Reply {
  if (parameters.at(-1)?.includes("embedding")) {
    const statistics = { truncated: false, token_count: answer.usage?.input ?? 0 };
    const predictions = listOf(request.body.instances).map(() => ({
      embeddings: { values: VECTOR, statistics },
    }));
    return jsonReply({ predictions, ...answer.body }, answer.headers);
  }
  const { sampleCount } = (request.body.parameters ?? {}) as { sampleCount?: number };
  const image = { mimeType: "image/png", bytesBase64Encoded: PNG };
  const predictions = Array.from({ length: sampleCount ?? 1 }, () => image);
  return jsonReply({ predictions, ...answer.body }, answer.headers);
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The Gemini API, and Vertex AI with the same methods at paths of its own. */
export function geminiApi(): ProviderApi {
  const routes = Object.entries(methods).flatMap(([name, route]) => [
    [`POST /*/models/*:${name}`, route],
    [`POST /*/projects/*/locations/*/publishers/google/models/*:${name}`, route],
    // With an API key in place of a project.
    [`POST /*/publishers/google/models/*:${name}`, route],
  ]);
  return {
    name: "gemini",
    errors: googleErrors,
    recognizes: ({ path, headers }) =>
      /\/models\/[^/]+:/.test(path) || headers["x-goog-api-key"] !== undefined,
    routes: Object.fromEntries(routes),
  };
}
