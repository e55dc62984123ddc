/**
 * What an answer reports to have used. Every token is in one of these: each provider's shape adds them up as that provider
 * does (OpenAI's `prompt_tokens` are `input` + `cachedInput` + `cacheWrite` + `audioInput`; Anthropic's `input_tokens` are
 * `input` alone).
 */
export interface AnswerUsage {
  readonly input: number;
  readonly cachedInput: number;
  /** Written to a cache that lives 5 minutes, or as long as the provider's only kind does. */
  readonly cacheWrite: number;
  readonly cacheWriteOneHour: number;
  readonly audioInput: number;
  /** That the caller sees. */
  readonly output: number;
  readonly reasoning: number;
  readonly audioOutput: number;
  /** Searches of the web that the provider made itself. */
  readonly webSearches: number;
  /** Of a recording that is transcribed. */
  readonly seconds: number;
}

export interface ToolCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** What the server is to answer with. What is left out is a short greeting that took 19 tokens in and 10 out. */
export interface Answer {
  /** Names what differs from the default usage; `"absent"`: the answer tells of no usage. */
  readonly usage?: Partial<AnswerUsage> | "absent";
  /** In a stream each piece is a chunk of its own. */
  readonly text?: string | readonly string[];
  readonly toolCalls?: readonly ToolCall[];
  /** That has answered. @default the model that was asked for */
  readonly model?: string;
  /** In the provider's own word. */
  readonly serviceTier?: string;
  /** `refused`: by the provider's filter. @default "complete", or what tool calls make of it */
  readonly finish?: "complete" | "length" | "refused";
  readonly headers?: Readonly<Record<string, string>>;
  /** Laid over the answer, in the provider's own names; in a stream over what its last chunk with usage holds. */
  readonly body?: Readonly<Record<string, unknown>>;
}

export interface CompleteAnswer {
  readonly usage: AnswerUsage | undefined;
  readonly pieces: readonly string[];
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly model: string | undefined;
  readonly serviceTier: string | undefined;
  readonly finish: "complete" | "length" | "refused";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Numbers that do not come out equal when two of them are mixed up. */
const DEFAULT_USAGE: AnswerUsage = {
  input: 19,
  cachedInput: 0,
  cacheWrite: 0,
  cacheWriteOneHour: 0,
  audioInput: 0,
  output: 10,
  reasoning: 0,
  audioOutput: 0,
  webSearches: 0,
  seconds: 5,
};

const DEFAULT_PIECES = ["Good", " day", "!", " How", " may", " I", " help", "?"];

export function completeAnswer(answer: Answer): CompleteAnswer {
  const pieces = typeof answer.text === "string" ? [answer.text] : (answer.text ?? DEFAULT_PIECES);
  return {
    usage: answer.usage === "absent" ? undefined : { ...DEFAULT_USAGE, ...answer.usage },
    pieces,
    text: pieces.join(""),
    toolCalls: answer.toolCalls ?? [],
    model: answer.model,
    serviceTier: answer.serviceTier,
    finish: answer.finish ?? "complete",
    headers: answer.headers ?? {},
    body: answer.body ?? {},
  };
}
