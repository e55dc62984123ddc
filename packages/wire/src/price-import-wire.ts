import type { PriceFileConditions } from "@ai-usage/core";
import * as z from "zod";
import { jsonField, wordField } from "./fields.ts";

/** Deeper than any price list is. */
const LEVELS_MAX = 24;

/** Body of `POST /prices/import`. */
export const priceImportSchema = z.strictObject(
  {
    format: wordField(["price-file", "genai-prices"]),
    data: jsonField(LEVELS_MAX, "must be a price list, and not nested so deep"),
    dry_run: z.boolean({ error: () => "must be true or false" }).default(true),
  },
  {
    error: (issue) =>
      issue.code === "unrecognized_keys" ? undefined : "must be an object with format and data",
  },
);

/** One price in which a list differs from what is paid. Amounts as in price lists: tokens by the million. */
export interface ShownDifference {
  readonly kind: "added" | "changed" | "withdrawn";
  readonly provider: string;
  readonly model: string;
  readonly unit: string;
  readonly when?: PriceFileConditions;
  readonly before?: string;
  readonly after?: string;
  readonly from?: string;
}

/** @param warnings what of the list could not be taken over */
export function toWirePriceImport(
  differences: readonly ShownDifference[],
  warnings: readonly string[],
  applied: boolean,
) {
  const count = (kind: ShownDifference["kind"]) => differences.filter((one) => one.kind === kind).length;
  return {
    differences: differences.map(({ kind, provider, model, unit, when, before, after, from }) => ({
      kind,
      provider,
      model,
      unit,
      when: when ?? null,
      before: before ?? null,
      after: after ?? null,
      from: from ?? null,
    })),
    summary: { added: count("added"), changed: count("changed"), withdrawn: count("withdrawn") },
    warnings,
    applied,
  };
}
