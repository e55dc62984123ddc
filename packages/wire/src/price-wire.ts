import type { OwnPriceContent, PriceFileRow, PriceHistoryEntry } from "@ai-usage/core";
import * as z from "zod";
import { amountField, countField, jsonField, momentField, nameField, pageFields } from "./fields.ts";
import { withoutPrototype } from "./metric-wire.ts";

const NAMES_MAX = 50;
const UNITS_MAX = 40;
const TOKENS_MAX = 1_000_000_000;

const namesField = z
  .array(nameField, { error: () => "must be a list of names" })
  .max(NAMES_MAX, `must have at most ${NAMES_MAX} names`);

const textField = z.string({ error: () => "must be a string" });

/** US dollars by unit. Which units there are, and how many digits they may have, is for the price book to say. */
const amountsField = withoutPrototype("must be an object of amounts by unit")
  .pipe(
    z.record(
      z.string(),
      amountField.transform((amount) => amount.toString()),
      { error: () => "must be an object of amounts by unit" },
    ),
  )
  .refine((amounts) => Object.keys(amounts).length <= UNITS_MAX, `must have at most ${UNITS_MAX} units`);

const flagField = z.boolean({ error: () => "must be true or false" });

/** Levels of `when`: an object of lists of windows with lists of days. */
const conditionsField = jsonField(5, "must be an object of conditions, as in a price file");

const bodyError = (issue: { readonly code: string }) =>
  issue.code === "unrecognized_keys" ? undefined : "must be an object, one price";

/** Body of `PUT /prices`. What a row of a price file may hold is read by the price book. */
export const ownPriceSchema = z
  .strictObject(
    {
      provider: nameField,
      model_name: nameField,
      names: namesField.default([]),
      services: namesField.default([]),
      input_cost_per_million: amountField.optional(),
      output_cost_per_million: amountField.optional(),
      per_million: amountsField.optional(),
      per_thousand: amountsField.optional(),
      per_unit: amountsField.optional(),
      multiply: z
        .union([z.string(), z.number()], { error: () => "must be a factor, like 0.5" })
        .transform(String)
        .optional(),
      multiplies: z
        .array(textField, { error: () => "must be a list of units" })
        .max(UNITS_MAX)
        .optional(),
      when: conditionsField.optional(),
      minimum: jsonField(1, "must be an object of quantities by unit").optional(),
      free_refusals: flagField.optional(),
      volume: jsonField(3, "must be a price by volume, as in a price file").optional(),
      effective_from: textField.optional(),
      effective_to: textField.optional(),
      context_window: countField(TOKENS_MAX, 1).optional(),
      max_output_tokens: countField(TOKENS_MAX, 1).optional(),
      is_active: flagField.default(true),
      source: textField.optional(),
      checked_on: textField.optional(),
      verified: flagField.default(true),
      note: textField.optional(),
    },
    { error: bodyError },
  )
  .superRefine((wire, context) => {
    for (const [field, unit] of [
      ["input_cost_per_million", "input"],
      ["output_cost_per_million", "output"],
    ] as const) {
      if (wire[field] === undefined || wire.per_million?.[unit] === undefined) continue;
      const message = `must be left out when per_million has ${unit}`;
      context.addIssue({ code: "custom", path: [field], message });
    }
  });

/**
 * A price as its sender states it; the row still unread.
 * @param source where the figures are from
 */
export function ownPriceFromWire(wire: z.output<typeof ownPriceSchema>, source: string) {
  const { provider, model_name, names, services, context_window, max_output_tokens, is_active, ...fields } =
    wire;
  const { input_cost_per_million: input, output_cost_per_million: output, per_million, ...row } = fields;
  const perMillion = {
    ...(input && { input: input.toString() }),
    ...(output && { output: output.toString() }),
    ...per_million,
  };
  const stated = { ...row, source };
  return {
    provider,
    model: model_name,
    names,
    services,
    ...(context_window !== undefined && { contextWindow: context_window }),
    ...(max_output_tokens !== undefined && { maxOutputTokens: max_output_tokens }),
    isActive: is_active,
    row: Object.fromEntries(
      Object.entries({
        ...stated,
        per_million: Object.keys(perMillion).length > 0 ? perMillion : undefined,
      }).filter(([, value]) => value !== undefined),
    ),
  };
}

const ownOnly = z
  .enum(["true", "false"], { error: () => "must be true or false" })
  .transform((text) => text === "true");

const allTimes = z.literal("all");

/** Query of `GET /prices`. */
export const pricesQuerySchema = z
  .strictObject({
    provider: nameField.optional(),
    service: nameField.optional(),
    model: nameField.optional(),
    at: z
      .union([allTimes, momentField], {
        error: () => "must be a day, an instant with an offset, or all",
      })
      .optional(),
    own: ownOnly.default(false),
    ...pageFields,
  })
  .refine(({ provider, service }) => provider === undefined || service === undefined, {
    path: ["service"],
    message: "cannot be combined with provider: it names one itself",
  });

/** A price row as it is shown, whoever set it. */
export interface ShownPrice
  extends Pick<
    OwnPriceContent,
    "provider" | "model" | "names" | "contextWindow" | "maxOutputTokens" | "isActive"
  > {
  readonly rowId: string;
  /** Of the deployment's own. */
  readonly priceId?: string;
  readonly row: PriceFileRow;
}

/** A row as an answer shows it. Amounts are exact text: of tokens and characters for a million, of others for one. */
export function toWirePrice({ row, priceId, ...price }: ShownPrice) {
  return {
    row_id: price.rowId,
    price_id: priceId,
    provider: price.provider,
    model: price.model,
    names: price.names,
    own: priceId !== undefined,
    when: row.when ?? null,
    effective_from: row.effective_from ?? null,
    effective_to: row.effective_to ?? null,
    per_million: row.per_million ?? {},
    per_unit: row.per_unit ?? {},
    multiply: row.multiply ?? null,
    multiplies: row.multiplies,
    minimum: row.minimum,
    free_refusals: row.free_refusals,
    volume: row.volume ?? null,
    source: row.source,
    checked_on: row.checked_on ?? null,
    verified: row.verified ?? false,
    note: row.note ?? null,
    input_cost_per_million: row.per_million?.input ?? null,
    output_cost_per_million: row.per_million?.output ?? null,
    context_window: price.contextWindow ?? null,
    max_output_tokens: price.maxOutputTokens ?? null,
    is_active: price.isActive,
  };
}

export function toWirePriceChange({ at, by, action, subject, before, after }: PriceHistoryEntry) {
  return { at, by, action, subject, before: before ?? null, after: after ?? null };
}
