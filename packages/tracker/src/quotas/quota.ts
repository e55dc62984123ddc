import { type ApiConnection, apiOf } from "./api-connection.ts";
import { type BudgetStanding, extreme, standingsOf } from "./budget-standing.ts";
import { type QuotaScope, quotaScopes } from "./quota-scopes.ts";
import { askedDays, type UsageReport, type UsageReportOptions, usageReport } from "./usage-report.ts";

/** What is left. Exact decimal text. */
export interface RemainingBudget {
  /** Least that a budget in US dollars has left. Absent: there is none. */
  readonly usd?: string;
  /** Least that a budget of tokens has left. Absent: there is none. */
  readonly tokens?: string;
  /** Least that a budget of requests has left. Absent: there is none. */
  readonly requests?: string;
  readonly budgets: readonly BudgetStanding[];
}

export interface QuotaStatus {
  /** One of the budgets, at least, is used up. */
  readonly exceeded: boolean;
  /** US dollars by which the budget is overrun that is overrun most; `0` where none is. */
  readonly overage: string;
  /** Of the budget that is used most. Absent: there is no budget. */
  readonly percentUsed?: string;
  /** Instant from which no budget is exceeded any more; where none is, at which the first of them begins anew. Absent: there is no budget. */
  readonly resetsAt?: string;
  /** At most two decimals. */
  readonly hoursUntilReset?: number;
  readonly budgets: readonly BudgetStanding[];
}

/**
 * Asks about the budgets of a team, a user, a feature, … and about what it spent. Each question is a request to the API, or a few.
 * Its methods reject with ApiError when the API refuses, UnreachableError when it does not answer, NoConnectionError when none is known.
 */
export interface Quota {
  /** @returns undefined when there is no budget */
  remainingBudget(): Promise<RemainingBudget | undefined>;
  /** What was spent in the last days, today included; of the first scope if there are several. */
  usageReport(options?: UsageReportOptions): Promise<UsageReport>;
  status(): Promise<QuotaStatus>;
}

export interface QuotaOptions extends QuotaScope, ApiConnection {
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

/** A quota without a client, for calls that are metered otherwise. */
export function quotaOf(options: QuotaOptions): Quota {
  const { now = Date.now } = options;
  const open = apiOf(options);
  const scopes = quotaScopes(options);
  const standings = async () => standingsOf(await open(), scopes);
  return {
    remainingBudget: async () => remainingOf(await standings()),
    usageReport: async ({ days } = {}) => {
      const asked = askedDays(now(), days);
      return usageReport(await open(), scopes.all[0], asked);
    },
    status: async () => statusOf(await standings(), now()),
  };
}

function remainingOf(budgets: readonly BudgetStanding[]): RemainingBudget | undefined {
  if (budgets.length === 0) return undefined;
  const least = (unit: BudgetStanding["unit"]) =>
    extreme(
      budgets.filter((one) => one.unit === unit).map(({ remaining }) => remaining),
      "least",
    );
  const [usd, tokens, requests] = [least("usd"), least("tokens"), least("requests")];
  return {
    ...(usd !== undefined && { usd }),
    ...(tokens !== undefined && { tokens }),
    ...(requests !== undefined && { requests }),
    budgets,
  };
}

function statusOf(budgets: readonly BudgetStanding[], nowMs: number): QuotaStatus {
  const exceeded = budgets.filter((one) => one.exceeded);
  const overages = exceeded.filter(({ unit }) => unit === "usd").map(({ overage }) => overage);
  const percentUsed = extreme(
    budgets.map((one) => one.percentUsed),
    "most",
  );
  // Instants sort as text.
  const resets = (exceeded.length > 0 ? exceeded : budgets).map(({ resetsAt }) => resetsAt).sort();
  const resetsAt = exceeded.length > 0 ? resets.at(-1) : resets[0];
  return {
    exceeded: exceeded.length > 0,
    overage: extreme(overages, "most") ?? "0",
    ...(percentUsed !== undefined && { percentUsed }),
    ...(resetsAt !== undefined && { resetsAt, hoursUntilReset: hoursUntil(resetsAt, nowMs) }),
    budgets,
  };
}

const HOUR_MS = 3_600_000;

function hoursUntil(instant: string, nowMs: number): number {
  return Math.round((Math.max(0, Date.parse(instant) - nowMs) / HOUR_MS) * 100) / 100;
}
