import type { UsageAnswer } from "@ai-usage/client";
import type { ApiClient } from "./api-connection.ts";

export interface UsageReportOptions {
  /** How many, today included, in UTC: 1 to 400. @default 7 */
  readonly days?: number;
}

/** What calls came to. `cost` is exact, in US dollars; calls without a price are not in it. */
export interface UsageFigures {
  readonly cost: string;
  readonly calls: number;
  /** Input and output together. */
  readonly tokens: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly unpricedCalls: number;
  readonly failedCalls: number;
}

export interface UsageReport extends UsageFigures {
  /** What it is about: `team:growth`, `global:all` */
  readonly scope: string;
  /** First and last day, `yyyy-mm-dd`, in UTC. */
  readonly from: string;
  readonly to: string;
  /** By day; a day without calls is not there. */
  readonly byDay: Readonly<Record<string, UsageFigures>>;
  /** By model, when the report is about everything: of scopes the stack keeps no totals by model. */
  readonly byModel?: Readonly<Record<string, UsageFigures>>;
}

interface AskedDays {
  readonly from: string;
  readonly to: string;
}

const DAY_MS = 86_400_000;
const DAYS_MAX = 400;

/** @throws RangeError */
export function askedDays(nowMs: number, days = 7): AskedDays {
  if (!Number.isInteger(days) || days < 1 || days > DAYS_MAX)
    throw new RangeError(`days must be a whole number from 1 to ${DAYS_MAX}`);
  const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  return { from: dayOf(nowMs - (days - 1) * DAY_MS), to: dayOf(nowMs) };
}

/** @param scope everything, if there is none */
export async function usageReport(
  api: ApiClient,
  scope: string | undefined,
  { from, to }: AskedDays,
): Promise<UsageReport> {
  const days = { start_date: from, end_date: to };
  const { summary, aggregations } = await api.usage(
    scope === undefined
      ? { ...days, aggregation: ["day", "model"] }
      : { ...days, aggregation: ["day"], scope },
  );
  const { by_day = {}, by_model } = aggregations;
  return {
    scope: scope ?? "global:all",
    ...{ from, to },
    ...figuresOf({
      ...summary,
      ...{ cost_usd_exact: summary.total_cost_usd_exact, tokens: summary.total_tokens },
      api_calls: summary.total_api_calls,
    }),
    byDay: byName(by_day),
    ...(by_model !== undefined && { byModel: byName(by_model) }),
  };
}

type Group = UsageAnswer["aggregations"][string][string];

const byName = (groups: Readonly<Record<string, Group>>): Record<string, UsageFigures> =>
  Object.fromEntries(Object.entries(groups).map(([name, group]) => [name, figuresOf(group)]));

function figuresOf(
  group: Pick<
    Group,
    | "cost_usd_exact"
    | "api_calls"
    | "tokens"
    | "input_tokens"
    | "output_tokens"
    | "unpriced_calls"
    | "failed_calls"
  >,
): UsageFigures {
  return {
    cost: group.cost_usd_exact,
    calls: group.api_calls,
    tokens: group.tokens,
    ...{ inputTokens: group.input_tokens, outputTokens: group.output_tokens },
    ...{ unpricedCalls: group.unpriced_calls, failedCalls: group.failed_calls },
  };
}
