import { type OwnPriceContent, type PriceEdit, parseInstant } from "@ai-usage/core";
import { toOwnPrice } from "@ai-usage/pricing";

/** A price of gpt-4o, a million of tokens sent for `input` dollars; `row` has the rest of it. */
export function anOwnPrice(
  input: string,
  row: Readonly<Record<string, unknown>> = {},
  given: { readonly provider?: string; readonly model?: string } = {},
): OwnPriceContent {
  return toOwnPrice({
    provider: given.provider ?? "openai",
    model: given.model ?? "gpt-4o",
    names: [],
    services: [],
    isActive: true,
    row: { source: "contract", verified: true, per_million: { input }, ...row },
  });
}

/** An edit of somebody, a second after the one before it. */
export function anEdit(number: number, by = "t1"): PriceEdit {
  const second = String(number % 60).padStart(2, "0");
  const minute = String(Math.floor(number / 60)).padStart(2, "0");
  return { editId: `edt_${number}`, at: parseInstant(`2026-11-25T08:${minute}:${second}Z`), by };
}
