/** Budgets could not be asked, and they, or the tracker's options, say that calls then wait for better times. */
export class BudgetUnavailableError extends Error {
  override readonly name = "BudgetUnavailableError";

  constructor(cause: Error) {
    super(`budgets cannot be asked: ${cause.message}`, { cause });
  }
}
