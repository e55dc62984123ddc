import { type FieldError, ProblemError } from "./problem.ts";

/** Fields that a request is refused for; none when it is not. */
export function errorsOf(act: () => unknown): FieldError[] {
  try {
    act();
  } catch (error) {
    if (error instanceof ProblemError && error.problem.status === 400)
      return [...(error.problem.errors ?? [])];
    throw error;
  }
  return [];
}
