import type { ThresholdLevel } from "@ai-usage/core";

/** What colour a message has, and what word stands over it: how bad it is, or that it is over. */
export const tones = ["INFO", "WARNING", "CRITICAL", "EXCEEDED", "RECOVERED"] as const;
export type Tone = (typeof tones)[number] & (ThresholdLevel | "RECOVERED");

export type Fact = readonly [name: string, value: string];

/** Something to know or do, and the command that does it. */
export interface Advice {
  readonly text: string;
  readonly command?: string;
}

/** How full a budget is, in percent; more than 100 where it is overrun. */
export interface Meter {
  readonly percent: number;
  /** At the end of the period, if it goes on like this. */
  readonly projectedPercent?: number;
  readonly spent: string;
  /** What is left, or what it is over by. */
  readonly left: string;
}

/** Who came to the most in one dimension. */
export interface DriverFacts {
  readonly title: string;
  /** What the shares are of. */
  readonly basis: string;
  readonly rows: readonly { readonly name: string; readonly amount: string; readonly share: string }[];
}

/**
 * What a message says about an alert, in every format. Names in it may hold anything: each format shows them as they are.
 */
export interface AlertFacts {
  readonly tone: Tone;
  /** Who, and what happened: one sentence without its full stop. */
  readonly headline: string;
  /** The most that one should know, in a sentence or two. */
  readonly summary: string;
  readonly meter?: Meter;
  readonly facts: readonly Fact[];
  readonly advice: readonly Advice[];
}
