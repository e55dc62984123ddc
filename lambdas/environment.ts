import { Amount } from "@ai-usage/core";
import { openTable, type Table } from "@ai-usage/store";
import { Logger } from "@aws-lambda-powertools/logger";
import * as z from "zod";

/** Reads the environment once, at cold start. A missing or wrong variable fails the function with its name. */
export function readEnvironment<Shape extends z.ZodRawShape>(shape: Shape): z.output<z.ZodObject<Shape>> {
  const parsed = z.object(shape).safeParse(process.env);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`environment: ${problems.join("; ")}`);
}

/** Fields for {@link readEnvironment}. */
export const variables = {
  text: z.string().min(1),
  optionalText: z.string().default(""),
  seconds: z.coerce.number().int().nonnegative(),
  milliseconds: z.coerce.number().int().nonnegative(),
  optionalAmount: z
    .string()
    .regex(/^(\d{1,9}(\.\d{1,18})?)?$/, "must be empty or a plain decimal number")
    .default("")
    .transform((text) => (text === "" ? undefined : Amount.parse(text))),
  optionalRatio: z
    .string()
    .regex(/^(\d{1,9}(\.\d{1,6})?)?$/, "must be empty or a plain decimal number")
    .default("")
    .transform((text) => (text === "" ? undefined : text)),
  days: z.coerce.number().int().positive(),
  onOff: z.enum(["on", "off"]).transform((value) => value === "on"),
  trueFalse: z.enum(["true", "false"]).transform((value) => value === "true"),
  list: z.string().transform((text) => text.split(",").filter((entry) => entry !== "")),
};

export function tableFromEnvironment(): Table {
  return openTable(readEnvironment({ DYNAMODB_TABLE_NAME: variables.text }).DYNAMODB_TABLE_NAME);
}

export const logger = new Logger();

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
