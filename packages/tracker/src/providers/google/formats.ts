import { geminiEmbeddings, geminiGenerateContent } from "@ai-usage/core/normalize/gemini";
import type { CallFormat } from "../../recording/call.ts";
import { ContentStream } from "./content-stream.ts";

export const GEMINI_CONTENT: CallFormat = {
  usage: geminiGenerateContent,
  parts: () => new ContentStream(),
};

export const GEMINI_EMBEDDINGS: CallFormat = { usage: geminiEmbeddings };
