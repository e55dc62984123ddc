/** One stretch of calls of one worker. */
export interface Stretch {
  readonly calls: number;
  readonly concurrency: number;
  readonly streamed: boolean;
  readonly promptBytes: number;
}

export interface StretchResult {
  /** Of the whole process, user and system, until everything was delivered; a call. */
  readonly cpuUs: number;
  /** Of single calls. */
  readonly p50Us: number;
  readonly meanUs: number;
  readonly callsPerSecond: number;
  /** How many calls of this stretch the worker's far side has been sent. */
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
