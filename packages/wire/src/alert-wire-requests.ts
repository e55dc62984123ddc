import {
  type AlertSelection,
  alertKinds,
  alertStates,
  DAY_MS,
  type Instant,
  plusMs,
  thresholdLevels,
} from "@ai-usage/core";
import * as z from "zod";
import { countField, instantField, pageFields, scopeField, wordField } from "./fields.ts";
import { fieldProblem, parseOrProblem } from "./problem.ts";

/** `open,acknowledged`: any of several words. */
function wordsField<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z
    .string()
    .max(500, `must be some of ${words.join(", ")}, with commas between them`)
    .transform((text) => text.split(","))
    .pipe(z.array(wordField(words)));
}

/** Query of `GET /alerts`. */
export const alertListSchema = z
  .strictObject({
    ...pageFields,
    state: wordsField(alertStates).optional(),
    level: wordField(thresholdLevels).optional(),
    kind: wordsField(alertKinds).optional(),
    scope: scopeField.optional(),
    budget_id: z.string().max(64, "is no id of a budget").optional(),
  })
  .transform(({ limit, cursor, state, level, kind, scope, budget_id }) => ({
    page: { limit, ...(cursor !== undefined && { cursor }) },
    selection: { states: state, level, kinds: kind, scope, budgetId: budget_id } satisfies AlertSelection,
  }));

/**
 * Which alerts a query string asks for.
 * @throws ProblemError 400 that names every parameter that is wrong
 */
export function parseAlertList(query: unknown) {
  return parseOrProblem(alertListSchema, query);
}

const NOTE_MAX = 1000;

const noteField = z
  .string({ error: () => "must be a string" })
  .max(NOTE_MAX, `must have at most ${NOTE_MAX} characters`)
  .refine((note) => !/[^\P{Cc}\n\t]/u.test(note), "must not hold control characters")
  .transform((note) => note.trim() || undefined)
  .optional();

/** What may be said when an alert is acknowledged or resolved. */
export const alertRemarkSchema = z.strictObject({ note: noteField });

/** An alert that nobody wants to hear of for longer is to be resolved. */
const SNOOZE_DAYS_MAX = 90;
const SNOOZE_MINUTES_MAX = SNOOZE_DAYS_MAX * 24 * 60;

/** Body of `POST /alerts/{id}/snooze`. */
export const snoozeSchema = z.strictObject({
  until: instantField.optional(),
  minutes: countField(SNOOZE_MINUTES_MAX, 1).optional(),
  note: noteField,
});

/**
 * For how long an alert is to be snoozed, and why.
 * @throws ProblemError 400 that names every field that is wrong
 */
export function parseSnooze(body: unknown, now: Instant): { until: Instant; note?: string } {
  const { until, minutes, note } = parseOrProblem(snoozeSchema, body);
  if ((until === undefined) === (minutes === undefined))
    throw fieldProblem("until", "or minutes must be given, one of the two");
  const end = until ?? plusMs(now, (minutes ?? 0) * 60_000);
  if (end <= now) throw fieldProblem("until", "must be in the future");
  if (end > plusMs(now, SNOOZE_DAYS_MAX * DAY_MS))
    throw fieldProblem(
      "until",
      `must be within ${SNOOZE_DAYS_MAX} days; resolve what nobody needs to hear of`,
    );
  return { until: end, ...(note !== undefined && { note }) };
}
