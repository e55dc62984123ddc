import type { AlertPage, ConfiguredBudgets, CostBudgetStatus } from "../answers.ts";
import type {
  AmountInput,
  BudgetConfiguration,
  ConfigureOptions,
  CostBudgetQuery,
  TeamLimits,
} from "../budget-requests.ts";
import { BudgetMethods } from "./budget-methods.ts";

/** Budgets by what they are for, without ids: set one and it is made, or changed where it is there already. */
export abstract class CostBudgetMethods extends BudgetMethods {
  configureBudgets(configuration: BudgetConfiguration): Promise<ConfiguredBudgets> {
    return this.repeat("POST", "/api/v1/ai/cost/budget/configure", configuration);
  }

  /** Of a team, a user or a feature; of all that is spent when none is given. */
  costBudgetStatus(query: CostBudgetQuery = {}): Promise<CostBudgetStatus> {
    return this.ask("/api/v1/ai/cost/budget/status", query);
  }

  /** Alerts that are open. */
  costAlerts(): Promise<AlertPage> {
    return this.ask("/api/v1/ai/cost/alerts");
  }

  /** @param amount US dollars a day, of all calls; `null` ends it */
  setDailyBudget(amount: AmountInput | null, options: ConfigureOptions = {}): Promise<ConfiguredBudgets> {
    return this.configureBudgets({ ...options, daily_limit: amount });
  }

  /** @param amount US dollars a day; `null` ends it */
  setFeatureBudget(
    feature: string,
    amount: AmountInput | null,
    options: ConfigureOptions = {},
  ): Promise<ConfiguredBudgets> {
    return this.configureBudgets({ ...options, service_limits: { [feature]: amount } });
  }

  setTeamBudget(
    team: string,
    limits: TeamLimits,
    options: ConfigureOptions = {},
  ): Promise<ConfiguredBudgets> {
    return this.configureBudgets({ ...options, team_limits: { [team]: limits } });
  }

  /** @param amount US dollars a day; `null` ends it */
  setUserDailyLimit(
    user: string,
    amount: AmountInput | null,
    options: ConfigureOptions = {},
  ): Promise<ConfiguredBudgets> {
    return this.configureBudgets({ ...options, user_daily_limits: { [user]: amount } });
  }

  teamStatus(team: string): Promise<CostBudgetStatus> {
    return this.costBudgetStatus({ team });
  }
}
