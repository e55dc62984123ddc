import { anthropicMessages } from "@ai-usage/core/normalize/anthropic";
import type { CallFormat } from "../../recording/call.ts";
import { MessageStream } from "./message-stream.ts";

export const ANTHROPIC_MESSAGES: CallFormat = {
  usage: anthropicMessages,
  // https://platform.claude.com/docs/en/about-claude/glossary#tokens; their tokenizer is not public.
  tokens: { input: "input_tokens", output: "output_tokens", charactersPerToken: 3.5, hasTokenizer: false },
  parts: (start) => new MessageStream(start),
};
