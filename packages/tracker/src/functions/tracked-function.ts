import type { NormalizedUsage } from "@ai-usage/core/normalize";
import type { Usage } from "@ai-usage/core/usage";
import type { CallFormat } from "../recording/call.ts";

// biome-ignore lint/suspicious/noExplicitAny: the parameters of whatever function there is; `never[]` would lose its own types.
export type AnyFunction = (...given: any[]) => unknown;

/** What a call of a function comes to: what is awaited, or a part of what is iterated over. */
export type ResultOf<Call extends AnyFunction> =
  Awaited<ReturnType<Call>> extends AsyncIterable<infer Part> ? Part : Awaited<ReturnType<Call>>;

/** Counts by unit, or all that is known of a call: `{ usage: { input: 12 }, model: "…", requestId: "…" }`. */
export type ToldUsage = Usage | (Partial<NormalizedUsage> & Pick<NormalizedUsage, "usage">);

/** What the calls of a function are. */
export interface FunctionTerms<Call extends AnyFunction = AnyFunction> {
  /** Who bills it. */
  readonly service: string;
  /** By its parameters, where a function does more than one thing. */
  readonly operation: string | ((...given: Parameters<Call>) => string);
  /** Where the answer does not tell. @default the `model` of the request */
  readonly model?: string;
  readonly region?: string;
  /** How the result tells its usage, when it is a provider's own answer: one of `@ai-usage/tracker/functions`. */
  readonly format?: CallFormat;
  /**
   * What a result used; units are disjoint. Of a function that returns something to iterate over it is asked with each part, and
   * what it told last counts. Without it and without a format, a call is one request.
   */
  readonly usage?: (result: ResultOf<Call>) => ToldUsage | undefined;
  /** The body of the request, or what of it is known. @default the first parameter */
  readonly request?: (...given: Parameters<Call>) => unknown;
}
