import {
  type MetricInput,
  type NormalizedUsage,
  normalizeUsage,
  type UsageFormatName,
  usageFormatNames,
} from "@ai-usage/client";
import { guessFormats } from "./answer-formats.ts";
import type { CommandContext } from "./context.ts";
import { UsageError } from "./failures.ts";
import { openInput } from "./input-file.ts";
import { isObject, readJson } from "./metrics-input.ts";

/** Where a provider's raw answers are, and what is known of them. */
export interface AnswerSource {
  /** Relative to where the command runs; `-` is standard input. */
  readonly file: string;
  /** @default what the shape of each answer tells */
  readonly format?: UsageFormatName;
  /** Who bills it, where that is not the format's own provider. */
  readonly service?: string;
  /** What was asked for: counts where the answer names none. */
  readonly model?: string;
  readonly region?: string;
}

/** What an answer says of a call, as `POST /ai_usage` takes it: counts and names, no text of the call. */
export interface ReadAnswer {
  readonly format: UsageFormatName;
  readonly fields: Partial<MetricInput>;
}

/**
 * The provider's answers in a file: one, or one a line. They are read here, and only what is counted leaves the machine.
 * @throws UsageError when the file or an answer in it cannot be read
 */
export async function* readAnswers(
  source: AnswerSource,
  context: CommandContext,
): AsyncGenerator<ReadAnswer, void> {
  const { file } = source;
  const input = await openInput(file, context);
  const name = file === "-" ? "standard input" : file;
  for await (const answer of readJson(input, name, answersOf)) yield readAnswer(answer, source);
}

function answersOf(value: unknown, where: string): readonly object[] {
  if (isObject(value)) return [value];
  throw new UsageError(
    Array.isArray(value)
      ? `${where} is a list: give one answer, or one a line`
      : `${where} is no JSON object: give a provider's answer, or one a line`,
  );
}

function readAnswer(answer: object, { format: told, service, model, region }: AnswerSource): ReadAnswer {
  const format = told ?? onlyFormat(guessFormats(answer));
  const request = model === undefined ? undefined : { model };
  return { format, fields: fieldsOf(normalizeUsage(format, answer, { service, region, request })) };
}

function onlyFormat(formats: readonly UsageFormatName[]): UsageFormatName {
  const [only] = formats;
  if (only !== undefined && formats.length === 1) return only;
  const could =
    formats.length === 0
      ? "cannot be told from its shape"
      : `could be ${formats.join(" or ")} from its shape`;
  throw new UsageError(
    `the format of the answer ${could}: give --format, one of ${usageFormatNames.join(", ")}`,
  );
}

/** Most that a metric takes of them. */
const PROBLEMS_MAX = 10;
const PROBLEM_LENGTH_MAX = 200;

function fieldsOf(read: NormalizedUsage): Partial<MetricInput> {
  const { requestId, service, model, usage, alsoUsed, served, requested, refusal, error, reportedCost } =
    read;
  const problems = read.usageProblems
    .slice(0, PROBLEMS_MAX)
    .map((problem) => problem.slice(0, PROBLEM_LENGTH_MAX));
  return {
    ...(requestId !== undefined && { request_id: requestId }),
    service,
    ...(model !== undefined && { model }),
    usage,
    ...(alsoUsed && { also_used: alsoUsed }),
    ...(served && { served }),
    ...(requested && { requested }),
    ...(refusal && { refusal }),
    ...(error !== undefined && { error }),
    ...(reportedCost !== undefined && { cost_usd: reportedCost }),
    ...(problems.length > 0 && { usage_problems: problems }),
  };
}
