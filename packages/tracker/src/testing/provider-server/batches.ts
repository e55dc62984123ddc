import type { Answer } from "./answer.ts";

/** How batches that wait come to their end. */
export interface BatchEnd {
  /** Of which the answer is an error; by their `custom_id`. */
  readonly failing?: readonly string[];
  /** How the others are answered. */
  readonly answer?: Answer;
}
