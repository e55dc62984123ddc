import {
  type Aggregation,
  aggregations,
  type Instant,
  localDateOf,
  parseTimeZone,
  parseUtcDate,
  plusDays,
  type Scope,
  scopeOf,
  type Totals,
  type UsageGroup,
  type UsageQuestion,
  type UsageReport,
} from "@ai-usage/core";
import * as z from "zod";
import { nameField, scopeField } from "./fields.ts";
import { fieldProblem, parseOrProblem } from "./problem.ts";

const DEFAULT_DAYS = 30;

export const dateField = z.string().refine(isDate, "must be a calendar day from 2000-01-01 on, yyyy-mm-dd");

export const timeZoneField = z.string({ error: () => "must be a string" }).transform((name, context) => {
  try {
    if (name.length > 64) throw new RangeError();
    return parseTimeZone(name);
  } catch {
    context.addIssue({ code: "custom", message: "must be an IANA time zone, for example Europe/Berlin" });
    return z.NEVER;
  }
});

const scopeFilters = ["user", "team", "job", "feature", "environment"] as const;

/** Query of `GET /ai_usage`. */
export const usageQuestionSchema = z.strictObject({
  start_date: dateField.optional(),
  end_date: dateField.optional(),
  tz: timeZoneField.default("UTC"),
  aggregation: z.string().default("day"),
  service: nameField.optional(),
  model: nameField.optional(),
  operation: nameField.optional(),
  user: nameField.optional(),
  team: nameField.optional(),
  job: nameField.optional(),
  feature: nameField.optional(),
  environment: nameField.optional(),
  scope: scopeField.optional(),
});

/**
 * Reads the query of `GET /ai_usage`. Without dates: the last 30 days, today included, in the zone asked for.
 * @throws ProblemError naming the parameter
 */
export function parseUsageQuestion(query: Record<string, string>, now: Instant): UsageQuestion {
  const wire = parseOrProblem(usageQuestionSchema, query);
  const lastDate = wire.end_date ?? localDateOf(now, wire.tz);
  const firstDate = wire.start_date ?? plusDays(lastDate, 1 - DEFAULT_DAYS);
  if (firstDate > lastDate) throw fieldProblem("start_date", "must not be after end_date");
  const scopes: [string, Scope][] = scopeFilters.flatMap((dimension) => {
    const value = wire[dimension];
    return value === undefined ? [] : [[dimension, scopeOf(dimension, value)]];
  });
  if (wire.scope !== undefined) scopes.push(["scope", wire.scope]);
  const [chosen, second] = scopes;
  if (second)
    throw fieldProblem(second[0], `cannot be combined with ${chosen?.[0]}: ask about one at a time`);
  return {
    firstDate,
    lastDate,
    timeZone: wire.tz,
    aggregations: aggregationsOf(wire.aggregation),
    filter: { service: wire.service, model: wire.model, operation: wire.operation, scope: chosen?.[1] },
  };
}

function aggregationsOf(text: string): Aggregation[] {
  const asked = text === "" ? [] : text.split(",");
  return [...new Set(asked)].map((name) => {
    const known = aggregations.find((one) => one === name);
    if (!known) throw fieldProblem("aggregation", `must be a comma list of ${aggregations.join(", ")}`);
    return known;
  });
}

function isDate(text: string): boolean {
  try {
    const date = parseUtcDate(text);
    // Before, some zones were not off UTC by quarters of an hour; after, there is no instant in every zone.
    return date >= "2000-01-01" && date <= "9999-12-30";
  } catch {
    return false;
  }
}

/** The answer of `GET /ai_usage`: JSON numbers for those who draw, exact text for those who bill. */
export function toWireUsageReport(report: UsageReport, question: UsageQuestion) {
  const { cost_usd, cost_usd_exact, tokens, api_calls, ...rest } = toWireTotals(report.summary);
  const { firstDate, lastDate, filter } = question;
  return {
    summary: {
      total_cost_usd: cost_usd,
      total_cost_usd_exact: cost_usd_exact,
      total_tokens: tokens,
      total_api_calls: api_calls,
      ...rest,
      average_cost_per_call: averageCost(report.summary),
      date_range: { start: firstDate, end: lastDate },
    },
    aggregations: Object.fromEntries(
      [...report.groups].map(([aggregation, groups]) => [
        `by_${aggregation}`,
        Object.fromEntries([...groups].map(([name, group]) => [name, toWireGroup(aggregation, group)])),
      ]),
    ),
    query: {
      start_date: firstDate,
      end_date: lastDate,
      tz: question.timeZone,
      aggregation: question.aggregations,
      service: filter.service ?? null,
      model: filter.model ?? null,
      operation: filter.operation ?? null,
      scope: filter.scope ?? null,
    },
  };
}

export function toWireTotals(totals: Totals) {
  return {
    cost_usd: totals.cost.toApproximateNumber(),
    cost_usd_exact: totals.cost.toString(),
    tokens: totals.inputTokens + totals.outputTokens,
    input_tokens: totals.inputTokens,
    output_tokens: totals.outputTokens,
    api_calls: totals.calls,
    unpriced_calls: totals.unpricedCalls,
    failed_calls: totals.failedCalls,
  };
}

function toWireGroup(aggregation: Aggregation, { totals, services, models, operations }: UsageGroup) {
  const base = toWireTotals(totals);
  switch (aggregation) {
    case "service":
      return { ...base, average_cost_per_call: averageCost(totals), models, operations };
    case "model":
      return {
        ...base,
        service: services?.[0],
        services,
        average_tokens_per_call: average(base.tokens, totals.calls),
      };
    case "hour":
      return base;
    default:
      return { ...base, services };
  }
}

function averageCost({ cost, calls }: Totals): number {
  return calls === 0 ? 0 : cost.dividedBy(BigInt(calls)).toApproximateNumber();
}

function average(sum: number, count: number): number {
  return count === 0 ? 0 : Math.round((sum / count) * 100) / 100;
}
