import { guessFormats } from "../../../../packages/cli/src/answer-formats.ts";
import {
  normalizeUsage,
  type UsageFormatName,
} from "../../../../packages/core/src/normalize/normalize-usage.ts";
import type { NormalizedUsage } from "../../../../packages/core/src/normalize/normalized-usage.ts";
import type { UnreadMetric } from "./metric-fields.ts";
import { isObject } from "./usage-file.ts";

/** What is known of an answer besides what it says. */
export interface AnswerTerms {
  /** Counts where nothing else says it. */
  readonly defaults: UnreadMetric;
  /** @default what the shape of the answer tells */
  readonly format?: UsageFormatName;
  readonly region?: string;
}

/**
 * What a provider's answer says of its call: counts and names, no text of the call.
 *
 * @param fields what is said besides the answer; it wins
 * @returns undefined when its format cannot be told
 */
export function answerMetric(
  answer: unknown,
  fields: UnreadMetric,
  { defaults, format, region }: AnswerTerms,
): UnreadMetric | undefined {
  const guesses = format === undefined && isObject(answer) ? guessFormats(answer) : [];
  const name = format ?? (guesses.length === 1 ? guesses[0] : undefined);
  if (name === undefined) return undefined;
  const [service, model] = [fields.service ?? defaults.service, fields.model ?? defaults.model];
  const read = normalizeUsage(name, answer, {
    ...(typeof service === "string" && { service }),
    ...(typeof model === "string" && { request: { model } }),
    ...(region !== undefined && { region }),
  });
  const operation = defaults.operation ?? OPERATIONS[name] ?? "unknown";
  return { operation, ...timeOf(answer), ...answerPart(read), ...fields };
}

/** As the tracker names them. Of images and audio the answer does not tell what was asked. */
const OPERATIONS: { readonly [Format in UsageFormatName]?: string } = {
  "openai.chat": "chat.completions",
  "openai.responses": "responses",
  "openai.embeddings": "embeddings",
  "openai.transcription": "audio.transcriptions",
  "openai.speech": "audio.speech",
  "openai.images": "images.generate",
  "openai.batch_line": "batch",
  "anthropic.messages": "messages",
  "anthropic.batch_line": "messages",
  "gemini.generate_content": "generate_content",
  "gemini.embeddings": "embed_content",
  "bedrock.converse": "converse",
};

/** OpenAI's answers tell when they were made, in seconds; others do not. */
function timeOf(answer: unknown): UnreadMetric {
  const seconds = isObject(answer) ? (answer.created ?? answer.created_at) : undefined;
  if (typeof seconds !== "number" || !(seconds > 1e9 && seconds < 1e10)) return {};
  return { timestamp: new Date(seconds * 1000).toISOString() };
}

/** Most that a metric takes of them. */
const PROBLEMS_MAX = 10;
const PROBLEM_LENGTH_MAX = 200;

function answerPart({ requestId, model, usageProblems, ...read }: NormalizedUsage): UnreadMetric {
  const problems = usageProblems.slice(0, PROBLEMS_MAX).map((one) => one.slice(0, PROBLEM_LENGTH_MAX));
  return {
    ...(requestId !== undefined && { request_id: requestId }),
    service: read.service,
    ...(model !== undefined && { model }),
    usage: read.usage,
    ...(read.alsoUsed && { also_used: read.alsoUsed }),
    ...(read.served && { served: read.served }),
    ...(read.requested && { requested: read.requested }),
    ...(read.refusal && { refusal: read.refusal }),
    ...(read.error !== undefined && { error: read.error }),
    ...(read.reportedCost !== undefined && { cost_usd: read.reportedCost }),
    ...(problems.length > 0 && { usage_problems: problems }),
  };
}
