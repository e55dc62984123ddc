/** Calls that a worker makes in turn with the bare client and with the wrapped one, so many with each. */
export interface Stretch {
  readonly calls: number;
  /** How many of them before it is the other client's turn. */
  readonly block: number;
  readonly concurrency: number;
  readonly streamed: boolean;
  readonly promptBytes: number;
}

export interface Cost {
  /** Of the whole process, user and system; a call. Of the wrapped client until everything was delivered. */
  readonly cpuUs: number;
  /** Of single calls. */
  readonly p50Us: number;
  readonly meanUs: number;
}

export interface StretchResult {
  readonly bare: Cost;
  readonly wrapped: Cost;
  /** How many of the wrapped client's calls the worker's far side has been sent. */
  readonly delivered: number;
  readonly wireBytes: number;
}

/** What of the SDK still works, and what is recorded: a call for each question. */
export const questions = [
  "withResponse() works",
  "a stream is still the SDK's Stream",
  "tee() works",
  "a stream is recorded with its usage, unasked",
  "a call that fails is recorded",
  "a stream that is left early is recorded",
  "asResponse() is recorded",
  "no prompt leaves the process",
] as const;
type Question = (typeof questions)[number];
export type Probe = Readonly<Record<Question, boolean>>;
