import type { Instant, Outcome, ScopedOutcome, UtcDate } from "@ai-usage/core";
import * as z from "zod";
import { type Batch, batchSummary, parseBatch, toWireErrors } from "./batch-wire.ts";
import { parseDays } from "./days-wire.ts";
import { amountField, instantField, nameField, pageFields, scoreField } from "./fields.ts";
import { type MetricRules, metadataField, timestampProblem } from "./metric-wire.ts";
import { type FieldError, fieldErrorsOf, parseOrProblem } from "./problem.ts";
import { dateField } from "./usage-wire.ts";

/** Most outcomes in one request. */
export const OUTCOMES_MAX = 500;
const REQUEST_IDS_MAX = 20;

/** An outcome as it is sent. */
export const outcomeSchema = z.strictObject(
  {
    outcome_id: nameField,
    timestamp: instantField,
    outcome: nameField,
    success: z.boolean({ error: () => "must be true or false" }).optional(),
    value: amountField.optional(),
    cost_usd: amountField.optional(),
    quality_score: scoreField.optional(),
    user_id: nameField.optional(),
    team: nameField.optional(),
    feature: nameField.optional(),
    environment: nameField.optional(),
    job_id: nameField.optional(),
    request_ids: z
      .array(nameField, { error: () => "must be a list of the request_id of calls" })
      .max(REQUEST_IDS_MAX, `must have at most ${REQUEST_IDS_MAX} entries`)
      .optional(),
    metadata: metadataField.optional(),
  },
  { error: (issue) => (issue.code === "unrecognized_keys" ? undefined : "must be an object, one outcome") },
);

/**
 * What a request to store outcomes holds, each still unread: one outcome, or `{"outcomes": [...]}`.
 * @throws ProblemError when the body as a whole is unusable
 */
export function parseOutcomesRequest(body: unknown): Batch {
  return parseBatch(body, { list: "outcomes", one: "one outcome", entriesMax: OUTCOMES_MAX });
}

/** Whether a payload is a list of outcomes, where metrics may come by the same way. */
export function isListOfOutcomes(body: unknown): boolean {
  return typeof body === "object" && body !== null && Object.hasOwn(body, "outcomes");
}

export type ParsedOutcome =
  | { readonly outcome: Outcome }
  | { readonly outcomeId: string | null; readonly errors: readonly FieldError[] };

/** Reads one outcome as it comes over the wire. What is wrong with it is data, since the rest of its batch goes on. */
export function parseOutcome(input: unknown, rules: MetricRules): ParsedOutcome {
  const parsed = outcomeSchema.safeParse(input);
  if (!parsed.success) return { outcomeId: outcomeIdOf(input), errors: fieldErrorsOf(parsed.error) };
  const outcome = fromWireOutcome(parsed.data);
  const problem = timestampProblem(outcome.timestamp, rules);
  if (!problem) return { outcome };
  return { outcomeId: outcome.outcomeId, errors: [{ field: "timestamp", message: problem }] };
}

function outcomeIdOf(input: unknown): string | null {
  const isObject = typeof input === "object" && input !== null;
  const id = isObject && "outcome_id" in input ? input.outcome_id : undefined;
  return typeof id === "string" ? id.slice(0, 128) : null;
}

function fromWireOutcome(wire: z.output<typeof outcomeSchema>): Outcome {
  return {
    outcomeId: wire.outcome_id,
    timestamp: wire.timestamp,
    outcome: wire.outcome,
    success: wire.success ?? true,
    value: wire.value,
    cost: wire.cost_usd,
    qualityScore: wire.quality_score,
    userId: wire.user_id,
    team: wire.team,
    feature: wire.feature,
    environment: wire.environment,
    jobId: wire.job_id,
    ...(wire.request_ids?.length && { requestIds: wire.request_ids }),
    metadata: wire.metadata ?? {},
  };
}

/** A stored outcome as an answer shows it. */
export function toWireOutcome({ outcome, customScopes }: ScopedOutcome) {
  return {
    outcome_id: outcome.outcomeId,
    timestamp: outcome.timestamp,
    outcome: outcome.outcome,
    success: outcome.success,
    value: outcome.value?.toString(),
    cost_usd: outcome.cost?.toString(),
    quality_score: outcome.qualityScore,
    user_id: outcome.userId,
    team: outcome.team,
    feature: outcome.feature,
    environment: outcome.environment,
    job_id: outcome.jobId,
    request_ids: outcome.requestIds,
    metadata: outcome.metadata,
    custom_scopes: customScopes.length > 0 ? customScopes : undefined,
  };
}

/** What became of one outcome of a request. */
export type OutcomeResult =
  | { readonly status: "recorded" | "duplicate" | "conflict"; readonly outcomeId: string }
  | {
      readonly status: "rejected";
      readonly outcomeId: string | null;
      readonly errors: readonly FieldError[];
    };

const CONFLICT_MESSAGE = "is taken by an outcome with other content, which stays as it is";

/** The answer, and its HTTP status: 200 when everything is stored, now or before, 207 otherwise. */
export function toWireOutcomesAnswer(results: readonly OutcomeResult[], { listed }: Batch) {
  const { status, summary } = batchSummary(results);
  const body = {
    results: results.map((result, index) => toWireResult(result, listed ? `outcomes[${index}].` : "")),
    summary,
  };
  return { status, body };
}

function toWireResult(result: OutcomeResult, prefix: string) {
  const { status, outcomeId: outcome_id } = result;
  switch (status) {
    case "recorded":
    case "duplicate":
      return { outcome_id, status };
    case "conflict":
      return { outcome_id, status, error: { field: `${prefix}outcome_id`, message: CONFLICT_MESSAGE } };
    case "rejected": {
      const { error, more_errors } = toWireErrors(result.errors, prefix);
      return { outcome_id, status, error, more_errors };
    }
    default:
      return status satisfies never;
  }
}

/** Query of `GET /outcomes`. */
export const outcomesQuerySchema = z.strictObject({
  start_date: dateField.optional(),
  end_date: dateField.optional(),
  team: nameField.optional(),
  feature: nameField.optional(),
  outcome: nameField.optional(),
  ...pageFields,
});

export interface OutcomesQuery {
  readonly first: UtcDate;
  readonly last: UtcDate;
  readonly team?: string;
  readonly feature?: string;
  readonly outcome?: string;
  readonly limit: number;
  readonly cursor?: string;
}

/**
 * Reads the query of `GET /outcomes`. Without dates: the last 30 days, today included, by UTC.
 * @throws ProblemError naming the parameter
 */
export function parseOutcomesQuery(query: Record<string, string>, now: Instant): OutcomesQuery {
  const { start_date, end_date, ...others } = parseOrProblem(outcomesQuerySchema, query);
  return { ...others, ...parseDays({ start_date, end_date }, now) };
}
