import {
  InvalidMoneyError,
  InvalidScopeError,
  Money,
  nameProblem,
  parseInstant,
  parseScope,
  parseUtcDate,
  startOfUtcDate,
} from "@ai-usage/core";
import * as z from "zod";

/** Most USD that one amount may be: far above any bill, far below where digits would be lost in a sum. */
export const AMOUNT_MAX = Money.parse("1000000000");
/** The same of tokens and calls. */
export const QUANTITY_MAX = Money.parse("1000000000000000");

export const nameField = z.string({ error: () => "must be a string" }).superRefine((name, context) => {
  const problem = nameProblem(name);
  if (problem) context.addIssue({ code: "custom", message: problem });
});

export const leaseIdField = z
  .string({ error: () => "must be a string" })
  .regex(/^\w{1,64}$/, "must be the lease_id that POST /leases gave");

export const instantField = z.string({ error: () => "must be a string" }).transform((text, context) => {
  try {
    if (text.length > 64) throw new RangeError();
    return parseInstant(text);
  } catch {
    context.addIssue({
      code: "custom",
      message: "must be an ISO 8601 instant with an offset, for example 2026-11-21T10:15:00Z",
    });
    return z.NEVER;
  }
});

/**
 * An amount of US dollars, not negative. Text is exact. A JSON number is taken as it is written as long as a binary
 * float holds that many digits.
 */
export const amountField = decimalField(AMOUNT_MAX);

/** The same in whatever a budget limits. What is more than US dollars may be is for the reader to say, who knows the unit. */
export const quantityField = decimalField(QUANTITY_MAX);

function decimalField(max: Money) {
  return z
    .union([z.string(), z.number()], {
      error: () => "must be a decimal number, as a string or a JSON number",
    })
    .transform((value, context) => {
      const problem = amountProblem(value, max);
      if (problem === undefined) return Money.parse(plainText(value));
      context.addIssue({ code: "custom", message: problem });
      return z.NEVER;
    });
}

const NUMBER_DIGITS_MAX = 15;

function amountProblem(value: string | number, max: Money): string | undefined {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return "must be a finite number";
    const digits = plainText(value).replace(/^[-0.]+|\./g, "").length;
    if (digits > NUMBER_DIGITS_MAX) {
      return `must be sent as a string when it has more than ${NUMBER_DIGITS_MAX} digits: a JSON number would lose some`;
    }
  }
  try {
    const amount = Money.parse(plainText(value));
    if (amount.isNegative()) return "must not be negative";
    if (!max.atLeast(amount)) return `must be at most ${max}`;
    return undefined;
  } catch (error) {
    if (error instanceof InvalidMoneyError) return error.message;
    throw error;
  }
}

/** A number without an exponent: `7.5e-8` is `0.000000075`. */
function plainText(value: string | number): string {
  if (typeof value === "string") return value;
  const text = String(value);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (!match) return text;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const power = Number(exponent);
  if (power > 0) return sign + whole + fraction.padEnd(power, "0");
  return `${sign}0.${"0".repeat(-power - 1)}${whole}${fraction}`;
}

export const scopeField = z.string({ error: () => "must be a string" }).transform((text, context) => {
  try {
    return parseScope(text);
  } catch (error) {
    if (!(error instanceof InvalidScopeError)) throw error;
    context.addIssue({ code: "custom", message: error.message });
    return z.NEVER;
  }
});

export function countField(max: number, min = 0) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .number({ error: () => message })
    .int({ error: () => message })
    .min(min, message)
    .max(max, message);
}

const A_SCORE = "must be a number from 0 to 1 with at most 4 decimals";

export const scoreField = z
  .number({ error: () => A_SCORE })
  .min(0, A_SCORE)
  .max(1, A_SCORE)
  .refine((score) => /^[01](\.\d{1,4})?$/.test(plainText(score)), A_SCORE);

export function wordField<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: () => `must be one of ${words.join(", ")}` });
}

/** An object of these fields and no others. `what` it must be otherwise. */
export function objectField<Shape extends z.ZodRawShape>(shape: Shape, what: string) {
  return z.strictObject(shape, {
    error: ({ code }) => (code === "unrecognized_keys" ? undefined : `must be ${what}`),
  });
}

/** A few words for people: why, or whom to ask. */
export function wordsForPeople(max: number) {
  return z
    .string({ error: () => "must be a string" })
    .trim()
    .min(1, "must not be empty")
    .max(max, `must have at most ${max} characters`)
    .refine((text) => !/\p{Cs}|[^\P{Cc}\n\t]/u.test(text), "must not hold control characters");
}

const PAGE_MAX = 500;

/** `limit` and `cursor` of a list, from a query string. */
export const pageFields = {
  limit: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, `must be a whole number from 1 to ${PAGE_MAX}`)
    .transform(Number)
    .refine((limit) => limit <= PAGE_MAX, `must be a whole number from 1 to ${PAGE_MAX}`)
    .default(100),
  cursor: z.string().max(1024, "is not a cursor that an earlier answer gave").optional(),
};

/** A day (from midnight UTC) or an instant with an offset. */
export const momentField = z.string({ error: () => "must be a string" }).transform((text, context) => {
  try {
    if (text.length > 64) throw new RangeError();
    return text.includes("T") ? parseInstant(text) : startOfUtcDate(parseUtcDate(text));
  } catch {
    context.addIssue({
      code: "custom",
      message: "must be a day, for example 2026-12-01, or an ISO 8601 instant with an offset",
    });
    return z.NEVER;
  }
});

/**
 * Any JSON that is not nested deeper than `levels`: what reads it may go down by calling itself.
 * @param what it must be otherwise, for the message
 */
export function jsonField(levels: number, what: string) {
  return z.unknown().refine((value) => isShallow(value, levels), what);
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((member) => isShallow(member, levels - 1));
}
