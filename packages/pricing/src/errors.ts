export interface PriceFileProblem {
  /** Row and field: `models[2] gpt-4o, rows[1], effective_from`. */
  readonly where: string;
  readonly message: string;
}

/** Thrown when a price file cannot be used; names everything that is wrong with it, not only the first thing. */
export class InvalidPriceFileError extends Error {
  override readonly name = "InvalidPriceFileError";
  readonly problems: readonly PriceFileProblem[];

  constructor(problems: readonly PriceFileProblem[]) {
    super(
      `the price file is wrong:\n${problems.map(({ where, message }) => `  ${where}: ${message}`).join("\n")}`,
    );
    this.problems = problems;
  }
}
