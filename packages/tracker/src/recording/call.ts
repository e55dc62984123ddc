import type { NormalizedUsage, NormalizeOptions, UsageFormat } from "@ai-usage/core/normalize";

/** What a wrapper knows of a call before it is made. */
export interface CallStart {
  /** Who bills it: `openai`, `anthropic`, … */
  readonly service: string;
  /** The provider's own name of what is done: `chat.completions`. A context may name it otherwise. */
  readonly operation: string;
  /** How the answer's usage is to be read; without one nothing is read from it, and the call counts as a request. */
  readonly format?: CallFormat;
  /** As it is sent. It is looked at, and never kept. */
  readonly request?: unknown;
  /** The model asked for. @default the request's `model` */
  readonly model?: string;
  readonly region?: string;
  /** Epoch milliseconds: when it was made, where that was long before its answer is looked at. It has no latency then. */
  readonly startedAt?: number;
}

/** What the answers of an endpoint look like, as far as they tell what was used. */
export interface CallFormat {
  readonly usage: UsageFormat;
  /** Where usage that nobody tells can be counted here. */
  readonly tokens?: TokenCount;
  /** Of answers that come in parts: looks at them as they pass. @default the last part tells */
  readonly parts?: (start: CallStart) => StreamGatherer;
}

interface TokenCount {
  /** How its usage calls the tokens that go in. */
  readonly input: string;
  readonly output: string;
  readonly charactersPerToken: number;
  /** Whether there is a tokenizer that counts as its models do. */
  readonly hasTokenizer: boolean;
}

/** Looks at the parts of a stream as they pass, and knows in the end what they come to. */
export interface StreamGatherer {
  /** @returns whether the caller is to see it */
  see(part: unknown): boolean;
  /** In the shape of the call's `format`. */
  answer(): unknown;
  end?(): CallEnd;
  /** Whether the model has said something. Where nothing is told, it has with the first part. */
  readonly hasBegun?: boolean;
}

/** What a wrapper knows of an answer, besides the answer. */
export interface CallEnd {
  /** Names the call for ever, where the answer itself has no id. */
  readonly requestId?: string;
  /** The provider's answer does not tell the usage: it was counted here. */
  readonly isEstimated?: boolean;
  /** What is known of the answer to a call that failed after it was billed. Without one, a call that failed used nothing. */
  readonly answer?: unknown;
  /** Tokens that went in with attempts that nobody answered, as estimated: they come on top of what the answer tells. */
  readonly unansweredInput?: number;
  /** How often it was tried, the last time included. */
  readonly attempts?: number;
  readonly hints?: Omit<NormalizeOptions, "request">;
  /** What the answer says, where it was read already: no `format` has a say then. */
  readonly reading?: Partial<NormalizedUsage>;
  /** Left before its end: `AbortError`, or the caller's own `break`. */
  readonly endedEarly?: boolean;
}

/** What the budgets make of a call: how it is to be made instead. */
export interface CallTerms {
  readonly model?: string;
  /** Most output tokens that it may ask for. */
  readonly outputTokensMax?: number;
}

/**
 * A call that is under way. Whatever becomes of it is told once; what is told after that is not heard. No method but
 * {@link admit} ever throws.
 */
export interface MeteredCall {
  /**
   * Asks the budgets whether it may be made. Nothing to wait for in almost every case.
   * @throws BudgetExceededError (or a promise that rejects with it) when it may not
   */
  admit(): CallTerms | Promise<CallTerms>;
  /** The first part of its answer is there. */
  firstToken(): void;
  /** @param answer the provider's answer, or what of a stream tells the usage, in the shape of `format` */
  succeeded(answer: unknown, end?: CallEnd): void;
  failed(error: unknown, end?: CallEnd): void;
  /** It will not be made, and is not recorded. */
  dropped(): void;
}

/** Makes metrics of calls. */
export interface Recorder {
  begin(start: CallStart): MeteredCall;
}
