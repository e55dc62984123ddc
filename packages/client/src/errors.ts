import type { Problem } from "@ai-usage/wire";

/** The API refused the request, or failed at it. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  /** What the API said; `errors` names the fields. */
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.status = problem.status;
    this.problem = problem;
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
