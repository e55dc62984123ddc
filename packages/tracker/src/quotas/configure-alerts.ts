import { problemsOnStderr } from "../default-problems.ts";
import type { TrackerProblem } from "../delivery/delivery.ts";
import { TrackerConfigurationError } from "../environment/configuration-error.ts";
import { type ApiConnection, apiOf } from "./api-connection.ts";
import { type BudgetStanding, standingsOf } from "./budget-standing.ts";
import { type QuotaScope, quotaScopes } from "./quota-scopes.ts";
import { repeatedly } from "./repeatedly.ts";
import { readThresholds, type Threshold } from "./thresholds.ts";
import { ToldThresholds } from "./told-thresholds.ts";

/** A budget's spend has reached a threshold. */
export interface QuotaAlert<Name extends string = string> {
  /** The threshold's, as it was given. */
  readonly name: Name;
  readonly threshold: Threshold;
  readonly budget: BudgetStanding;
}

export interface AlertOptions<Name extends string> extends QuotaScope, ApiConnection {
  /** `{ half: "50%", five_dollars: "5.00" }` */
  readonly thresholds: Readonly<Record<Name, Threshold>>;
  /** What is called for each of them, once for each budget and period. What it returns is not waited for. */
  readonly callbacks: Readonly<Record<NoInfer<Name>, (alert: QuotaAlert<Name>) => unknown>>;
  /** How often budgets are looked at; each time a tenth sooner or later, by chance. @default 30000 */
  readonly everyMs?: number;
  /** Told when budgets cannot be asked, once until they can again, and of callbacks that fail. @default a line on stderr */
  readonly onProblem?: (problem: TrackerProblem) => void;
}

export interface QuotaAlerts<Name extends string = string> extends Disposable {
  /** Looks at the budgets now. It never rejects. @returns what was told */
  check(): Promise<readonly QuotaAlert<Name>[]>;
  /** Nothing is told from now on. */
  stop(): void;
}

const EVERY_MS = 30_000;

/**
 * Calls back in this process when the spend of a team's, a user's, a feature's … budgets reaches thresholds: once for each
 * budget, period and threshold. What is reached already is told at once. Nobody else is told, and nothing is kept when the process ends: for that
 * there are the stack's own alerts and channels.
 *
 * @throws TrackerConfigurationError naming thresholds that cannot be or have no callback, and times that cannot be; nothing that happens later is thrown
 */
export function configureAlerts<Name extends string>(options: AlertOptions<Name>): QuotaAlerts<Name> {
  const { everyMs = EVERY_MS } = options;
  if (!(everyMs > 0)) throw new TrackerConfigurationError(["everyMs must be above 0"]);
  const watch = new QuotaWatch(options);
  const stopRepeating = repeatedly(everyMs, () => watch.check());
  const stop = () => {
    stopRepeating();
    watch.stop();
  };
  return { check: () => watch.check(), stop, [Symbol.dispose]: stop };
}

class QuotaWatch<Name extends string> {
  readonly #options: AlertOptions<Name>;
  readonly #onProblem: (problem: TrackerProblem) => void;
  readonly #standings: () => Promise<readonly BudgetStanding[]>;
  readonly #reached: ReturnType<typeof readThresholds<Name>>;
  readonly #told = new ToldThresholds();
  #checking: Promise<readonly QuotaAlert<Name>[]> | undefined;
  #isAway = false;
  #isStopped = false;

  constructor(options: AlertOptions<Name>) {
    this.#options = options;
    this.#onProblem = options.onProblem ?? problemsOnStderr();
    this.#reached = readThresholds(options.thresholds);
    const missing = [...this.#reached.keys()].filter((name) => typeof options.callbacks[name] !== "function");
    if (missing.length > 0)
      throw new TrackerConfigurationError(missing.map((name) => `threshold ${name} has no callback`));
    const [open, scopes] = [apiOf(options), quotaScopes(options)];
    this.#standings = async () => standingsOf(await open(), scopes);
  }

  /** Whoever asks while it is at it waits for the same answer. */
  check(): Promise<readonly QuotaAlert<Name>[]> {
    this.#checking ??= this.#check().finally(() => {
      this.#checking = undefined;
    });
    return this.#checking;
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #check(): Promise<readonly QuotaAlert<Name>[]> {
    if (this.#isStopped) return [];
    try {
      const standings = await this.#standings();
      this.#isAway = false;
      // Stopped while the API was asked.
      return this.#isStopped ? [] : this.#tell(standings);
    } catch (error) {
      if (!this.#isAway && !this.#isStopped) this.#report("budget", error);
      this.#isAway = true;
      return [];
    }
  }

  #tell(standings: readonly BudgetStanding[]): QuotaAlert<Name>[] {
    const alerts: QuotaAlert<Name>[] = [];
    for (const budget of standings) {
      for (const [name, isReached] of this.#reached) {
        if (!isReached(budget) || !this.#told.isNew(budget, name)) continue;
        alerts.push({ name, threshold: this.#options.thresholds[name], budget });
      }
    }
    for (const alert of alerts) this.#callBack(alert);
    return alerts;
  }

  #callBack(alert: QuotaAlert<Name>): void {
    try {
      Promise.resolve(this.#options.callbacks[alert.name](alert)).catch((error) =>
        this.#report("callback", error),
      );
    } catch (error) {
      this.#report("callback", error);
    }
  }

  #report(kind: "budget" | "callback", error: unknown): void {
    try {
      this.#onProblem({ kind, error: error instanceof Error ? error : new Error(String(error)) });
    } catch {
      // Whom should it be told to?
    }
  }
}
