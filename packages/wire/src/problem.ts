import type * as z from "zod";

/** A field that is not what it must be. `field` is a path as the sender wrote it: `usage.input`, `metrics[3].cost_usd`. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** Problem document of RFC 9457, media type `application/problem+json`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
}

export const PROBLEM_MEDIA_TYPE = "application/problem+json";

const titles: Record<number, string> = {
  400: "Bad request",
  401: "Not authenticated",
  402: "Payment required",
  403: "Not allowed",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  413: "Too large",
  415: "Unsupported media type",
  429: "Too many requests",
  500: "Internal error",
  503: "Try again later",
};

/** A request that cannot be answered; the edge turns it into the problem document that it carries. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: Problem;

  constructor(status: number, detail: string, errors?: readonly FieldError[]) {
    super(detail);
    this.problem = problem(status, detail, errors);
  }
}

export function problem(status: number, detail: string, errors?: readonly FieldError[]): Problem {
  return {
    type: "about:blank",
    title: titles[status] ?? "Error",
    status,
    detail,
    ...(errors && errors.length > 0 && { errors }),
  };
}

/** 400 for one field. */
export function fieldProblem(field: string, message: string): ProblemError {
  return new ProblemError(400, `${field} ${message}`, [{ field, message }]);
}

/** Most fields that one answer names: a body of nothing but mistakes must not make an answer larger than itself. */
const FIELD_ERRORS_MAX = 10;

export function fieldErrorsOf(error: z.ZodError): FieldError[] {
  return error.issues.flatMap(fieldErrorsOfIssue).slice(0, FIELD_ERRORS_MAX);
}

function fieldErrorsOfIssue(issue: z.core.$ZodIssue): FieldError[] {
  const path = pathText(issue.path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      field: path ? `${path}.${short(key)}` : short(key),
      message: "is not a field that is known here",
    }));
  }
  return [{ field: path || "(body)", message: issue.message }];
}

/** @throws ProblemError 400 that names every field that is wrong */
export function parseOrProblem<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const errors = fieldErrorsOf(parsed.error);
  throw new ProblemError(400, errors.map(({ field, message }) => `${field} ${message}`).join("; "), errors);
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === "number" ? `[${part}]` : `${index > 0 ? "." : ""}${short(String(part))}`,
    )
    .join("");
}

/** A field's name comes from the sender: shown, but not at any length and not with control characters. */
function short(name: string): string {
  const printable = name.replace(/\p{Cc}/gu, "?");
  return printable.length > 64 ? `${printable.slice(0, 64)}…` : printable;
}
