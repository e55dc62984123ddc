import { budgetUnits, periodKinds, thresholdLevels } from "@ai-usage/core";
import * as z from "zod";

/** Schemas that have a name of their own in the document: there they stand once. */
export const named = z.registry<{ id: string; description?: string }>();

/** Exact decimal text, as money and other amounts are answered. */
export const amountShape = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/)
  .register(named, { id: "Amount", description: "An exact amount in decimal text." });

export const instantShape = z.iso.datetime().register(named, {
  id: "Instant",
  description: "An instant by UTC, as ISO 8601 has it.",
});

export const dateShape = z.iso.date().register(named, { id: "Day", description: "A calendar day." });

export const scopeShape = z.string().register(named, {
  id: "Scope",
  description:
    "What a total or a budget is about: `global:all`, `team:growth`, `user:jo`, `model:gpt-4o-mini`.",
});

export const levelShape = z.enum(thresholdLevels);
export const unitShape = z.enum(budgetUnits);
export const countShape = z.int().min(0);

export const periodShape = z
  .object({ id: z.string(), kind: z.enum(periodKinds), start: instantShape, end: instantShape })
  .register(named, { id: "Period", description: "From `start`, inclusive, to `end`, exclusive." });

const fieldError = z.object({ field: z.string(), message: z.string() });

/** What is wrong with one of those that came together. */
export const fieldErrors = {
  error: fieldError.optional(),
  more_errors: z.array(fieldError).optional(),
};

/** What became of those that came together. */
export const batchSummaryShape = {
  received: countShape,
  recorded: countShape,
  duplicate: countShape,
  conflict: countShape,
  rejected: countShape,
};

/** A page of a list. */
export function pageShape(name: string, item: z.ZodType) {
  return z.object({
    [name]: z.array(item),
    next_cursor: z
      .string()
      .nullable()
      .describe("For the parameter `cursor` of the next page; null where this is the last one."),
  });
}

export const problemShape = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .describe("The fields that are wrong, by the names that the sender gave them."),
  })
  .register(named, {
    id: "Problem",
    description: "Why a request was refused, as RFC 9457 has it, and what to do.",
  });
