import { anthropicBatchLine } from "./anthropic-batch-line.ts";
import { anthropicMessages } from "./anthropic-messages.ts";
import { bedrockConverse } from "./bedrock-converse.ts";
import { cohere } from "./cohere.ts";
import { geminiEmbeddings } from "./gemini-embeddings.ts";
import { geminiGenerateContent } from "./gemini-generate-content.ts";
import type { NormalizedUsage, NormalizeOptions, UsageFormat } from "./normalized-usage.ts";
import { openTelemetrySpan } from "./open-telemetry-span.ts";
import { openAISpeech, openAITranscription } from "./openai-audio.ts";
import { openAIBatchLine } from "./openai-batch-line.ts";
import { openAIChat } from "./openai-chat.ts";
import { openAIEmbeddings } from "./openai-embeddings.ts";
import { openAIImages } from "./openai-images.ts";
import { openAIResponses } from "./openai-responses.ts";
import { readUsage } from "./read-usage.ts";

const formats = {
  "openai.chat": openAIChat,
  "openai.responses": openAIResponses,
  "openai.embeddings": openAIEmbeddings,
  "openai.transcription": openAITranscription,
  "openai.speech": openAISpeech,
  "openai.images": openAIImages,
  "openai.batch_line": openAIBatchLine,
  "anthropic.messages": anthropicMessages,
  "anthropic.batch_line": anthropicBatchLine,
  "gemini.generate_content": geminiGenerateContent,
  "gemini.embeddings": geminiEmbeddings,
  "bedrock.converse": bedrockConverse,
  cohere,
  "opentelemetry.span": openTelemetrySpan,
} as const satisfies Record<string, UsageFormat>;

/** The shape of an answer. Providers that answer in another's shape are told by the option `service`. */
export type UsageFormatName = keyof typeof formats;

export const usageFormatNames = Object.keys(formats) as UsageFormatName[];

export function isUsageFormat(name: string): name is UsageFormatName {
  return Object.hasOwn(formats, name);
}

/** {@link readUsage} of a format by its name. */
export function normalizeUsage(
  format: UsageFormatName,
  answer: unknown,
  options?: NormalizeOptions,
): NormalizedUsage {
  return readUsage(formats[format], answer, options);
}
