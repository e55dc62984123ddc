import { adjustmentKinds, type PriceAdjustment } from "@ai-usage/core";
import * as z from "zod";
import { momentField, scopeField, wordField } from "./fields.ts";

const PERCENT_MAX = 1_000;
const NOTE_LENGTH_MAX = 500;

const percentField = z
  .union([z.string(), z.number()], { error: () => "must be a percentage" })
  .transform(String)
  .refine(
    (text) => /^\d{1,4}(\.\d{1,4})?$/.test(text) && Number(text) > 0 && Number(text) <= PERCENT_MAX,
    `must be a percentage above 0 and up to ${PERCENT_MAX}, with at most four decimals`,
  )
  .transform((text) => String(Number(text)));

/** Body of `PUT /prices/adjustments` and `PUT /prices/adjustments/{id}`. */
export const adjustmentSchema = z
  .strictObject(
    {
      kind: wordField(adjustmentKinds),
      scope: scopeField,
      percent: percentField,
      effective_from: momentField.optional(),
      effective_to: momentField.optional(),
      note: z
        .string({ error: () => "must be a string" })
        .max(NOTE_LENGTH_MAX, `must have at most ${NOTE_LENGTH_MAX} characters`)
        .optional(),
    },
    {
      error: (issue) =>
        issue.code === "unrecognized_keys" ? undefined : "must be an object, a discount or a margin",
    },
  )
  .superRefine(({ kind, percent, effective_from: from, effective_to: to }, context) => {
    if (kind === "discount" && Number(percent) > 100) {
      context.addIssue({ code: "custom", path: ["percent"], message: "must be at most 100 for a discount" });
    }
    if (from !== undefined && to !== undefined && to <= from) {
      context.addIssue({
        code: "custom",
        path: ["effective_to"],
        message: "must be later than effective_from",
      });
    }
  });

export function adjustmentFromWire(
  wire: z.output<typeof adjustmentSchema>,
  adjustmentId: string,
): PriceAdjustment {
  return {
    adjustmentId,
    kind: wire.kind,
    scope: wire.scope,
    percent: wire.percent,
    ...(wire.effective_from && { effectiveFrom: wire.effective_from }),
    ...(wire.effective_to && { effectiveTo: wire.effective_to }),
    ...(wire.note !== undefined && { note: wire.note }),
  };
}

export function toWireAdjustment(adjustment: PriceAdjustment) {
  return {
    adjustment_id: adjustment.adjustmentId,
    kind: adjustment.kind,
    scope: adjustment.scope,
    percent: adjustment.percent,
    effective_from: adjustment.effectiveFrom ?? null,
    effective_to: adjustment.effectiveTo ?? null,
    note: adjustment.note ?? null,
  };
}
