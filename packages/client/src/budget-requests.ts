import type {
  BudgetUnit,
  Enforcement,
  FailMode,
  PeriodKind,
  ProposalState,
  ThresholdBasis,
  ThresholdLevel,
  Weekday,
} from "@ai-usage/core";
import type { PageQuery } from "./requests.ts";

/** Text is exact. */
export type AmountInput = string | number;

/** A percentage of the limit, or an amount; with a level of its own or the default one. */
export type ThresholdInput =
  | AmountInput
  | {
      readonly percent?: AmountInput;
      readonly amount?: AmountInput;
      readonly level?: ThresholdLevel;
      /** @default "actual" */
      readonly on?: ThresholdBasis;
    };

/** What a budget and a template have in common. */
export interface BudgetTermsInput {
  /** US dollars, or what `unit` says; tokens and requests are whole. */
  readonly amount: AmountInput;
  readonly period: PeriodKind;
  /** @default "usd" */
  readonly unit?: BudgetUnit;
  /** @default "UTC" */
  readonly time_zone?: string;
  /** @default "monday" */
  readonly week_starts_on?: Weekday;
  /** Month, 1 to 12. @default 1 */
  readonly fiscal_year_starts_in?: number;
  readonly name?: string;
  /** @default 50, 80, 95, 100 */
  readonly thresholds?: readonly ThresholdInput[];
  /** @default "soft" */
  readonly enforcement?: Enforcement;
  /** @default "open" */
  readonly fail_mode?: FailMode;
  /** What is unused is added to the next period. @default cap: the amount */
  readonly rollover?: { readonly cap?: AmountInput };
  readonly spike?: { readonly times: AmountInput; readonly at_least: AmountInput };
  readonly contact?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What keeps a budget as it is: of one manager and key there is one of a kind, however often it is made. */
interface ManagedInput {
  /** `code:<name of the set>` */
  readonly managed_by?: string;
  readonly managed_key?: string;
  /** For the audit trail. */
  readonly reason?: string;
}

export interface BudgetInput extends BudgetTermsInput, ManagedInput {
  readonly scope: string;
}

/** The rest is fixed. `null` ends what a budget may go without. */
export interface BudgetPatch
  extends Partial<
    Pick<BudgetTermsInput, "name" | "amount" | "thresholds" | "enforcement" | "fail_mode" | "metadata">
  > {
  readonly rollover?: { readonly cap?: AmountInput } | null;
  readonly spike?: { readonly times: AmountInput; readonly at_least: AmountInput } | null;
  readonly contact?: string | null;
  readonly reason?: string;
}

/** More for a while: give either `until` or `hours`. */
export interface IncreaseInput {
  readonly amount: AmountInput;
  readonly until?: string;
  readonly hours?: number;
  /** @default now */
  readonly from?: string;
  readonly reason: string;
}

export interface TemplateInput extends BudgetTermsInput, ManagedInput {
  /** `user:*`, `team:eu-*` */
  readonly pattern: string;
}

export interface BudgetQuery extends PageQuery {
  readonly scope?: string;
  readonly active?: boolean;
  readonly managed_by?: string;
}

export interface ProposalQuery extends PageQuery {
  readonly state?: ProposalState;
  readonly budget_id?: string;
}

export interface HistoryQuery {
  /** How many, the running one too. @default 12 */
  readonly periods?: number;
}

export interface DecisionInput {
  readonly reason?: string;
}

/** Daily limits of one scope: `null` ends one, what is left out stays. */
export interface TeamLimits {
  readonly daily?: AmountInput | null;
  readonly weekly?: AmountInput | null;
  readonly monthly?: AmountInput | null;
}

export interface ConfigureOptions {
  readonly enforcement?: Enforcement;
  readonly time_zone?: string;
  readonly thresholds?: readonly ThresholdInput[];
  readonly reason?: string;
}

/** Budgets in US dollars by what they are for. `null` ends one, what is left out stays. */
export interface BudgetConfiguration extends ConfigureOptions {
  readonly daily_limit?: AmountInput | null;
  readonly weekly_limit?: AmountInput | null;
  readonly monthly_limit?: AmountInput | null;
  /** By feature, for a day. */
  readonly service_limits?: Readonly<Record<string, AmountInput | null>>;
  readonly team_limits?: Readonly<Record<string, TeamLimits>>;
  /** By user, for a day. */
  readonly user_daily_limits?: Readonly<Record<string, AmountInput | null>>;
}

export interface CostBudgetQuery {
  readonly team?: string;
  readonly user?: string;
  readonly feature?: string;
}
