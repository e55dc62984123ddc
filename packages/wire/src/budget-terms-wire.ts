import {
  type Amount,
  type BudgetTerms,
  type BudgetUnit,
  budgetUnits,
  defaultLevelOf,
  defaultThresholds,
  enforcements,
  failModes,
  periodKinds,
  type Rollover,
  type SpikeWatch,
  type TermsProblem,
  type Threshold,
  termsProblem,
  thresholdAmount,
  thresholdBases,
  thresholdLevels,
  weekdays,
} from "@ai-usage/core";
import * as z from "zod";
import {
  AMOUNT_MAX,
  countField,
  nameField,
  objectField,
  quantityField,
  wordField,
  wordsForPeople,
} from "./fields.ts";
import { metadataField } from "./metric-wire.ts";
import { fieldProblem, type ProblemError } from "./problem.ts";
import { timeZoneField } from "./usage-wire.ts";

// What budgets, templates and budgets as code have in common. Which terms go together is for core's `termsProblem` to say.

const PERCENTAGE = "must be a percentage above 0 and up to 1000, with at most two decimals";

const percentField = z
  .union([z.string(), z.number()], { error: () => PERCENTAGE })
  .transform(String)
  .refine(
    (text) => /^\d{1,4}(\.\d{1,2})?$/.test(text) && Number(text) > 0 && Number(text) <= 1000,
    PERCENTAGE,
  )
  .transform((text) => String(Number(text)));

const thresholdObject = objectField(
  {
    percent: percentField.optional(),
    amount: quantityField.optional(),
    level: wordField(thresholdLevels).optional(),
    on: wordField(thresholdBases).default("actual"),
  },
  'a percentage, or {"percent" or "amount", "level", "on"}',
).refine(
  ({ percent, amount }) => (percent === undefined) !== (amount === undefined),
  "must have a percent or an amount, one of the two",
);

/** A percentage, or an object. What is wrong with an object is said as of one. */
const thresholdField = z.union([percentField, thresholdObject], {
  error: (issue) => {
    const isObject = typeof issue.input === "object" && issue.input !== null;
    const of = issue.code === "invalid_union" ? issue.errors[isObject ? 1 : 0] : undefined;
    return of?.map(({ path, message }) => [...path, message].join(" ")).join("; ");
  },
});

export const thresholdsField = z
  .array(thresholdField, { error: () => "must be a list of percentages" })
  // Those above 20 that are the same are one; a list much longer is none that anybody wrote.
  .max(100, "must have at most 20 entries");

const CONTACT_MAX = 200;
const REASON_MAX = 500;

export const reasonField = wordsForPeople(REASON_MAX);

/** It is put into sentences. */
const contactField = wordsForPeople(CONTACT_MAX).refine(
  (text) => !/[\n\t\p{Zl}\p{Zp}]/u.test(text),
  "must be one line",
);

const textMetadataField = metadataField
  .superRefine((metadata, context) => {
    for (const [name, value] of Object.entries(metadata)) {
      if (typeof value !== "string")
        context.addIssue({ code: "custom", path: [name], message: "must be a string" });
    }
  })
  .transform((metadata) =>
    Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, String(value)])),
  );

const rolloverField = objectField({ cap: quantityField.optional() }, 'an object, {} or {"cap"}');

const timesField = z
  .union([z.string(), z.number()], { error: () => "must be a number above 1" })
  .transform(String)
  .refine(
    (text) => /^\d{1,4}(\.\d{1,4})?$/.test(text),
    "must be a number above 1, with at most four decimals",
  );

const spikeField = objectField({ times: timesField, at_least: quantityField }, '{"times", "at_least"}');

/** Said beside the other mistakes of a request, and not after them: what terms must be together is looked at last. */
export const limitAmountField = quantityField.refine((amount) => !amount.isZero(), "must be more than zero");

/** Terms that may change. */
export const changeableFields = {
  name: nameField.optional(),
  amount: limitAmountField,
  thresholds: thresholdsField.optional(),
  enforcement: wordField(enforcements).default("soft"),
  fail_mode: wordField(failModes).default("open"),
  rollover: rolloverField.optional(),
  spike: spikeField.optional(),
  contact: contactField.optional(),
  metadata: textMetadataField.default({}),
};

/** Terms that make a budget another one. */
export const fixedFields = {
  unit: wordField(budgetUnits).default("usd"),
  period: wordField(periodKinds),
  time_zone: timeZoneField.default("UTC"),
  week_starts_on: wordField(weekdays).default("monday"),
  fiscal_year_starts_in: countField(12, 1).default(1),
};

/** All terms but the scope. */
export const termsFields = { ...changeableFields, ...fixedFields };

const termsSchema = z.object(termsFields);
export type WireTerms = z.output<typeof termsSchema>;

/**
 * @param subject what a name begins with that the request leaves out: `team:growth`
 * @throws ProblemError 400 when terms do not go together
 */
export function termsFromWire(wire: WireTerms, subject: string): Omit<BudgetTerms, "scope"> {
  const { unit, amount, period, rollover, spike, contact } = wire;
  const terms = {
    name: wire.name ?? [subject, period, ...(unit === "usd" ? [] : [unit])].join(" "),
    unit,
    amount,
    period,
    calendar: {
      timeZone: wire.time_zone,
      weekStartsOn: wire.week_starts_on,
      yearStartsIn: wire.fiscal_year_starts_in,
    },
    thresholds: wire.thresholds
      ? thresholdsFromWire(wire.thresholds, amount)
      : defaultThresholdsOf({ period }),
    enforcement: wire.enforcement,
    failMode: wire.fail_mode,
    ...(rollover && { rollover: rolloverFromWire(rollover, amount) }),
    ...(spike && { spike: spikeFromWire(spike) }),
    ...(contact !== undefined && { contact }),
    metadata: wire.metadata,
  };
  const problem = termsProblem(terms) ?? excessProblem(unit, terms);
  if (problem) throw termsProblemError(problem);
  return terms;
}

/** Totals know no minutes to alert on. */
function defaultThresholdsOf({ period }: Pick<BudgetTerms, "period">): readonly Threshold[] {
  return period === "minutely" ? [] : defaultThresholds;
}

/** One without a level gets the one that the default thresholds have there. */
export function thresholdsFromWire(wire: z.output<typeof thresholdsField>, limit: Amount): Threshold[] {
  return wire.map((one): Threshold => {
    if (typeof one === "string")
      return { at: { percent: one }, on: "actual", level: defaultLevelOf(one, "actual") };
    const { percent, amount = limit, on } = one;
    const share = percent ?? (limit.isZero() ? "100" : amount.percentOf(limit));
    const level = one.level ?? defaultLevelOf(share, on);
    return { at: percent === undefined ? { amount } : { percent }, on, level };
  });
}

export function rolloverFromWire({ cap }: z.output<typeof rolloverField>, amount: Amount): Rollover {
  return { cap: cap ?? amount };
}

export function spikeFromWire({ times, at_least: atLeast }: z.output<typeof spikeField>): SpikeWatch {
  return { times, atLeast };
}

/** What of terms is more than any bill, the first of it. */
export function excessProblem(
  unit: BudgetUnit,
  {
    amount,
    rollover,
    spike,
    thresholds = [],
  }: Partial<Pick<BudgetTerms, "amount" | "thresholds">> & {
    readonly rollover?: Rollover | null;
    readonly spike?: SpikeWatch | null;
  },
): TermsProblem | undefined {
  const isMuch = (of: Amount | undefined) => unit === "usd" && of !== undefined && !AMOUNT_MAX.atLeast(of);
  const problem = `must be at most ${AMOUNT_MAX}`;
  if (isMuch(amount)) return { field: "amount", problem };
  if (isMuch(rollover?.cap))
    return { field: "rollover", problem: `must have a cap of at most ${AMOUNT_MAX}` };
  if (isMuch(spike?.atLeast))
    return { field: "spike", problem: `must have an at_least of at most ${AMOUNT_MAX}` };
  if (thresholds.some(({ at }) => "amount" in at && isMuch(at.amount)))
    return { field: "thresholds", problem: `must be at most ${AMOUNT_MAX}, each of them` };
  return undefined;
}

/** @param within the field of the request that the terms were in, where that is not all of it */
export function termsProblemError({ field, problem }: TermsProblem, within?: string): ProblemError {
  const name = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return fieldProblem(within ?? name, problem);
}

/** Terms as answers show them: in the words of a request, with amounts in exact text. */
export function toWireTerms(terms: Omit<BudgetTerms, "scope">) {
  const { amount, calendar, rollover, spike } = terms;
  return {
    name: terms.name,
    unit: terms.unit,
    amount: amount.toString(),
    ...(terms.unit === "usd" && { currency: "USD" as const }),
    period: terms.period,
    time_zone: calendar.timeZone,
    week_starts_on: calendar.weekStartsOn ?? ("monday" as const),
    fiscal_year_starts_in: calendar.yearStartsIn ?? 1,
    thresholds: terms.thresholds.map((threshold) => ({
      ...("percent" in threshold.at && { percent: threshold.at.percent }),
      amount: thresholdAmount(threshold, amount).toString(),
      on: threshold.on,
      level: threshold.level,
    })),
    enforcement: terms.enforcement,
    fail_mode: terms.failMode,
    ...(rollover && { rollover: { cap: rollover.cap.toString() } }),
    ...(spike && { spike: { times: spike.times, at_least: spike.atLeast.toString() } }),
    ...(terms.contact !== undefined && { contact: terms.contact }),
    metadata: terms.metadata,
  };
}
