import type { AIUsageMetric, ServedConditions } from "../metric.ts";
import type { Answer } from "./answer.ts";
import type { Members } from "./members.ts";

/**
 * What a provider's answer says of a call's usage and price, in our units, by the names of an {@link AIUsageMetric}. It
 * holds no text of the call: ids, names of models, and words of the provider's own vocabulary are all that is copied.
 */
export type NormalizedUsage = Pick<
  AIUsageMetric,
  "service" | "model" | "served" | "requested" | "usage" | "alsoUsed" | "refusal" | "error"
> & {
  /** The provider's id of the answer. */
  readonly requestId?: string;
  /** The provider's own figure in US dollars: every digit, plain notation, as `Money.parse` takes it. */
  readonly reportedCost?: string;
  /** What does not add up in the answer, and what was made of it. Empty when all is well. */
  readonly usageProblems: readonly string[];
};

export interface NormalizeOptions {
  /** Who bills the call, where that is not the format's own provider: `azure`, `groq`, `openrouter`, … */
  readonly service?: string;
  /** The body of the request as it was sent. The answer wins where both say something. */
  readonly request?: unknown;
  /** Where the call was sent to, for answers that do not tell: `us-east-1`, `europe-west4`. */
  readonly region?: string;
  /** Of the text to be spoken, where the request is not at hand. */
  readonly characters?: number;
  /** Length of the recording, where the answer does not tell. */
  readonly seconds?: number;
}

/** What of {@link NormalizedUsage} a format reads from the answer itself. A span tells the service and the request too. */
export type Reading = Omit<NormalizedUsage, "service" | "usageProblems"> & { readonly service?: string };

/** What is known of a call besides its answer. */
export interface Call {
  readonly service: string;
  readonly request: Answer;
  readonly options: NormalizeOptions;
}

export interface UsageFormat {
  /** Who bills such answers, unless the caller says otherwise. */
  readonly service: string;
  readonly read: (answer: Answer, call: Call) => Reading;
  /**
   * The same, of an answer that has nothing out of the ordinary, as nearly all have; nothing where `read` has to look. An
   * application waits for this once a call, between all else that it does, so it is to be little code that makes little.
   */
  readonly readUsual?: (answer: Members, options: NormalizeOptions) => NormalizedUsage | undefined;
}

type Optional<T> = { readonly [Name in keyof T]?: T[Name] | undefined };

/** A reading without the members that are not known: spread into a metric, they would wipe out what it has. */
export function readingOf(known: Optional<Reading> & Pick<Reading, "usage">): Reading {
  const { usage, served, requested, alsoUsed, ...others } = known;
  return {
    usage,
    ...(served !== undefined && Object.keys(served).length > 0 && { served }),
    ...(requested !== undefined && Object.keys(requested).length > 0 && { requested }),
    ...(alsoUsed !== undefined && alsoUsed.length > 0 && { alsoUsed }),
    ...withoutUndefined(others),
  };
}

export function servedConditions(known: Optional<ServedConditions>): ServedConditions {
  return withoutUndefined(known);
}

type Defined<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

export function withoutUndefined<T extends object>(members: T): Defined<T> {
  const defined: Partial<T> = {};
  for (const name in members) if (members[name] !== undefined) defined[name] = members[name];
  return defined as Defined<T>;
}
