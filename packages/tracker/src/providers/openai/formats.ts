import {
  openAIChat,
  openAIEmbeddings,
  openAIImages,
  openAIResponses,
  openAISpeech,
  openAITranscription,
} from "@ai-usage/core/normalize/openai";
import type { CallFormat } from "../../recording/call.ts";
import { ChatStream } from "./chat-stream.ts";
import { ResponseStream } from "./response-stream.ts";

const ENGLISH = { charactersPerToken: 4, hasTokenizer: true };
const CHAT_TOKENS = { ...ENGLISH, input: "prompt_tokens", output: "completion_tokens" };

/** Chat completions, and the older completions. */
export const OPENAI_CHAT: CallFormat = {
  usage: openAIChat,
  tokens: CHAT_TOKENS,
  parts: (start) => new ChatStream(start, false),
};

export const OPENAI_RESPONSES: CallFormat = {
  usage: openAIResponses,
  tokens: { ...ENGLISH, input: "input_tokens", output: "output_tokens" },
  parts: (start) => new ResponseStream(start),
};

export const OPENAI_EMBEDDINGS: CallFormat = { usage: openAIEmbeddings, tokens: CHAT_TOKENS };
export const OPENAI_IMAGES: CallFormat = { usage: openAIImages };
export const OPENAI_SPEECH: CallFormat = { usage: openAISpeech };
export const OPENAI_TRANSCRIPTION: CallFormat = { usage: openAITranscription };
