import type { BudgetExhausted, Problem } from "@ai-usage/wire";

/** The API refused the request, or failed at it. */
export class ApiError extends Error {
  override readonly name: string = "ApiError";
  readonly status: number;
  /** What the API said; `errors` names the fields. */
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.status = problem.status;
    this.problem = problem;
  }
}

/** A hard budget has not enough left for the call, and nothing was reserved of any. Its message is a sentence for people. */
export class BudgetExhaustedError extends ApiError {
  override readonly name = "BudgetExhaustedError";
  /** Which are short. Of those that the token may not read there are no figures. */
  readonly budgets: BudgetExhausted["budgets"];
  /** Before that the answer will be the same. */
  readonly retryAfterSeconds: number;

  constructor(problem: BudgetExhausted) {
    super(problem);
    this.budgets = problem.budgets;
    this.retryAfterSeconds = problem.retry_after_seconds;
  }
}

/** No answer came from the address, at any attempt. Whether the request was carried out is not known. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
  readonly apiUrl: string;

  constructor(apiUrl: string, reason: string, options?: ErrorOptions) {
    super(`${apiUrl} cannot be reached: ${reason}`, options);
    this.apiUrl = apiUrl;
  }
}

/** Where the API is, or the token for it, is not known or cannot be right; the message says what to do. */
export class NoConnectionError extends Error {
  override readonly name = "NoConnectionError";
}
