import {
  type Amount,
  type Budget,
  type BudgetStatus,
  type BudgetTerms,
  defaultThresholds,
  enforcements,
  GLOBAL_SCOPE,
  type Instant,
  nameProblem,
  type PeriodKind,
  type Scope,
  scopeOf,
  type TermsUpdate,
  UTC_CALENDAR,
} from "@ai-usage/core";
import * as z from "zod";
import {
  excessProblem,
  reasonField,
  termsProblemError,
  thresholdsField,
  thresholdsFromWire,
} from "./budget-terms-wire.ts";
import { toWireBudgetStatus } from "./budget-wire.ts";
import { AMOUNT_MAX, amountField, nameField, objectField, wordField } from "./fields.ts";
import { withoutPrototype } from "./metric-wire.ts";
import { fieldProblem, type ProblemError, parseOrProblem } from "./problem.ts";
import { timeZoneField } from "./usage-wire.ts";

/** `managed_by` of what this makes. */
export const CONFIGURED = "configure";

/** Most budgets that one request sets: each is a transaction or two. */
const LIMITS_MAX = 50;

const limitField = amountField
  .refine((amount) => !amount.isZero(), "must be more than zero; null ends the budget")
  .nullable()
  .optional();

function byNameField<Value extends z.ZodType>(value: Value, of: string) {
  const what = `must be an object by ${of}`;
  return withoutPrototype(what)
    .pipe(z.record(z.string(), value, { error: () => what }))
    .superRefine((named, context) => {
      for (const name of Object.keys(named).slice(0, LIMITS_MAX)) {
        const problem = nameProblem(name);
        if (problem)
          context.addIssue({ code: "custom", path: [name], message: `has a name that ${problem}` });
      }
    });
}

const teamLimitsField = objectField(
  { daily: limitField, weekly: limitField, monthly: limitField },
  '{"daily", "weekly", "monthly"}',
);

/** Body of `POST /api/v1/ai/cost/budget/configure`. */
export const configureSchema = z.strictObject({
  daily_limit: limitField,
  weekly_limit: limitField,
  monthly_limit: limitField,
  service_limits: byNameField(limitField, "feature").optional(),
  team_limits: byNameField(teamLimitsField, "team").optional(),
  user_daily_limits: byNameField(limitField, "user").optional(),
  enforcement: wordField(enforcements).optional(),
  time_zone: timeZoneField.optional(),
  thresholds: thresholdsField.optional(),
  reason: reasonField.optional(),
});

/** A budget that is to be as a request says, or to end. */
export interface ConfiguredLimit {
  /** Where the request has it. */
  readonly field: string;
  readonly scope: Scope;
  readonly period: PeriodKind;
  /** Absent: it ends. */
  readonly amount?: Amount;
}

export interface BudgetConfiguration {
  readonly limits: readonly ConfiguredLimit[];
  /** Absent: that of the budget that there is, or UTC. */
  readonly timeZone?: string;
  readonly reason?: string;
  /** What the request says about a budget that there is. */
  updateOf(limit: ConfiguredLimit & { readonly amount: Amount }): TermsUpdate;
  /** Terms of one that there is not. */
  termsOf(limit: ConfiguredLimit & { readonly amount: Amount }): BudgetTerms;
}

/**
 * Reads the body of `POST /api/v1/ai/cost/budget/configure`.
 * @throws ProblemError 400
 */
export function parseConfiguration(body: unknown): BudgetConfiguration {
  const wire = parseOrProblem(configureSchema, body);
  const limits = limitsOf(wire);
  if (limits.length === 0)
    throw fieldProblem("(body)", "must set at least one limit, for example daily_limit; null ends one");
  if (limits.length > LIMITS_MAX)
    throw fieldProblem("(body)", `must set at most ${LIMITS_MAX} limits: send the rest after it`);
  const { thresholds, enforcement, time_zone: timeZone, reason } = wire;
  const problem =
    thresholds && excessProblem("usd", { thresholds: thresholdsFromWire(thresholds, AMOUNT_MAX) });
  if (problem) throw termsProblemError(problem);
  return {
    limits,
    ...(timeZone !== undefined && { timeZone }),
    ...(reason !== undefined && { reason }),
    updateOf: ({ amount }) => ({
      amount,
      ...(thresholds && { thresholds: thresholdsFromWire(thresholds, amount) }),
      ...(enforcement !== undefined && { enforcement }),
    }),
    termsOf: ({ scope, period, amount }) => ({
      name: `${scope} ${period}`,
      scope,
      unit: "usd",
      amount,
      period,
      calendar: timeZone === undefined ? UTC_CALENDAR : { timeZone },
      thresholds: thresholds ? thresholdsFromWire(thresholds, amount) : defaultThresholds,
      enforcement: enforcement ?? "soft",
      failMode: "open",
      metadata: {},
    }),
  };
}

function limitsOf(wire: z.output<typeof configureSchema>): ConfiguredLimit[] {
  const limits: ConfiguredLimit[] = [];
  const set = (field: string, scope: Scope, period: PeriodKind, amount: Amount | null | undefined) => {
    if (amount !== undefined) limits.push({ field, scope, period, ...(amount !== null && { amount }) });
  };
  set("daily_limit", GLOBAL_SCOPE, "daily", wire.daily_limit);
  set("weekly_limit", GLOBAL_SCOPE, "weekly", wire.weekly_limit);
  set("monthly_limit", GLOBAL_SCOPE, "monthly", wire.monthly_limit);
  for (const [name, amount] of Object.entries(wire.service_limits ?? {}))
    set(`service_limits.${name}`, scopeOf("feature", name), "daily", amount);
  for (const [name, team] of Object.entries(wire.team_limits ?? {})) {
    for (const period of ["daily", "weekly", "monthly"] as const)
      set(`team_limits.${name}.${period}`, scopeOf("team", name), period, team[period]);
  }
  for (const [name, amount] of Object.entries(wire.user_daily_limits ?? {}))
    set(`user_daily_limits.${name}`, scopeOf("user", name), "daily", amount);
  return limits;
}

/** A limit whose terms do not go together, by the name that the request has for it. */
export function configuredProblem(
  { field }: ConfiguredLimit,
  problem: Parameters<typeof termsProblemError>[0],
): ProblemError {
  return termsProblemError(problem, problem.field === "amount" ? field : undefined);
}

export const costStatusSchema = z
  .strictObject({
    team: nameField.optional(),
    user: nameField.optional(),
    feature: nameField.optional(),
  })
  .transform((query): Scope[] => {
    const scopes = Object.entries(query).flatMap(([dimension, name]) =>
      name === undefined ? [] : [scopeOf(dimension, name)],
    );
    return scopes.length > 0 ? scopes : [GLOBAL_SCOPE];
  });

/** Scopes that `GET /api/v1/ai/cost/budget/status` asks about; everything when it names none. */
export function parseCostStatusQuery(query: unknown): Scope[] {
  return parseOrProblem(costStatusSchema, query);
}

/**
 * Budgets together: whether any is exceeded; the largest overage of those in US dollars; and hours until none is exceeded
 * any more, or, where none is, until the first of them begins anew (null without budgets).
 */
export function toWireCostStatus(statuses: readonly BudgetStatus[], now: Instant) {
  const exceeded = statuses.filter((status) => status.exceeded);
  const overages = exceeded
    .filter(({ budget }) => budget.unit === "usd")
    .map(({ overage }) => overage)
    .sort((a, b) => b.compare(a));
  const hours = statuses.map(({ hoursUntilReset }) => hoursUntilReset);
  return {
    budgets: statuses.map((status) => toWireBudgetStatus(status, now)),
    exceeded: exceeded.length > 0,
    overage: (overages[0] ?? "0").toString(),
    hours_until_reset:
      exceeded.length > 0
        ? Math.max(...exceeded.map(({ hoursUntilReset }) => hoursUntilReset))
        : hours.length > 0
          ? Math.min(...hours)
          : null,
  };
}

/** Whether a budget is the one that a limit is about. */
export function isOfLimit(budget: Budget, { scope, period }: ConfiguredLimit): boolean {
  return budget.managedBy === CONFIGURED && budget.scope === scope && budget.period === period;
}
