import type { ProviderApi } from "../provider-api.ts";
import { jsonReply, type Route } from "../reply.ts";
import { createSpeech, createTranscription } from "./audio.ts";
import { createChatCompletion } from "./chat.ts";
import { createEmbeddings } from "./embeddings.ts";
import { openAIErrors } from "./errors.ts";
import { FilesAndBatches } from "./files-and-batches.ts";
import { openAIHeaders } from "./headers.ts";
import { createImages } from "./images.ts";
import { createResponse } from "./responses.ts";

const MODELS = ["gpt-5", "gpt-4o-mini", "text-embedding-3-small", "whisper-1"];

const routes: Readonly<Record<string, Route>> = {
  "POST /v1/chat/completions": createChatCompletion,
  "POST /v1/responses": createResponse,
  "POST /v1/embeddings": createEmbeddings,
  "POST /v1/images/generations": createImages,
  "POST /v1/images/edits": createImages,
  "POST /v1/audio/speech": createSpeech,
  "POST /v1/audio/transcriptions": createTranscription,
  "POST /v1/audio/translations": createTranscription,
  "GET /v1/models": ({ ids }) => {
    const data = MODELS.map((id) => ({ id, object: "model", created: 1_754_425_928, owned_by: "system" }));
    return jsonReply({ object: "list", data }, openAIHeaders(ids));
  },
};

/** Azure has the same answers at paths of its own. Source: https://learn.microsoft.com/azure/ai-foundry/openai/reference */
const azureRoutes = Object.fromEntries(
  Object.entries(routes).map(([name, route]) => [name.replace("/v1/", "/openai/deployments/*/"), route]),
);

export function openAIApi(): ProviderApi {
  const stored = new FilesAndBatches(routes);
  return {
    name: "openai",
    errors: openAIErrors,
    recognizes: ({ path, headers }) =>
      /^\/(v1|openai)\//.test(path) && headers["anthropic-version"] === undefined,
    routes: { ...routes, ...azureRoutes, ...stored.routes },
    finishBatches: (end) => stored.finish(end),
  };
}
