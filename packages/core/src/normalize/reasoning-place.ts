import type { Answer } from "./answer.ts";

export interface CountedTotals {
  /** What the provider calls the sum of all tokens. */
  readonly total: number | undefined;
  readonly prompt: number | undefined;
  readonly completion: number | undefined;
  readonly reasoning: number | undefined;
  /** Where the reasoning tokens of this provider are, if the total does not tell. */
  readonly usually: "inside" | "outside";
}

/**
 * Whether reasoning tokens are inside the completion, as OpenAI counts them, or beside it, as xAI and Gemini do. The total
 * tells: of two conventions only one adds up. A total that fits neither is a problem.
 *
 * https://forem.com/maximsaplin/grok-3-api-reasoning-tokens-are-counted-differently-197
 *
 * @param where the total, for the problems
 */
export function placeOfReasoning(totals: CountedTotals, where: Answer): "inside" | "outside" {
  const { total, prompt, completion, reasoning = 0, usually } = totals;
  if (total === undefined || prompt === undefined || completion === undefined) return usually;
  const inside = prompt + completion;
  if (total === inside) return "inside";
  if (total === inside + reasoning) return "outside";
  const expected = usually === "inside" ? inside : inside + reasoning;
  where.report(`${where.path} is ${total}, and its parts add up to ${expected}`);
  return usually;
}
