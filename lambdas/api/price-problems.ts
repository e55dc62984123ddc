import { InvalidPriceFileError, type PriceFileProblem } from "@ai-usage/pricing";
import { type FieldError, ProblemError } from "@ai-usage/wire";

/** Most problems that one answer names, and characters of a field's name: both come from the sender. */
const PROBLEMS_MAX = 10;
const FIELD_LENGTH_MAX = 120;

/** What the reader of price files has to say, as a problem of the fields that the sender wrote. */
export function priceProblem(
  problems: readonly PriceFileProblem[],
  fieldOf: (where: string) => string = fieldPath,
): ProblemError {
  const errors = problems.slice(0, PROBLEMS_MAX).map(
    ({ where, message }): FieldError => ({
      field: printable(fieldOf(where)),
      message: message.slice(0, 500),
    }),
  );
  return new ProblemError(400, errors.map(({ field, message }) => `${field} ${message}`).join("; "), errors);
}

/** `per_million, input` is the field `per_million.input`. */
export function fieldPath(where: string): string {
  return where.split(", ").join(".");
}

function printable(field: string): string {
  return field.replace(/\p{Cc}/gu, "?").slice(0, FIELD_LENGTH_MAX);
}

/** Runs what reads price lists: what it finds wrong is the sender's problem. */
export function readOrProblem<T>(read: () => T, fieldOf?: (where: string) => string): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidPriceFileError) throw priceProblem(error.problems, fieldOf);
    throw error;
  }
}
