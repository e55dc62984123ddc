import type { ApiAddress } from "../api-address.ts";
import type { UsageContext } from "../context/usage-context.ts";
import type { TrackerProblem } from "../delivery/delivery.ts";
import { TrackerConfigurationError } from "../environment/configuration-error.ts";
import type { CallStart } from "../recording/call.ts";
import type { Entry, Gate } from "../recording/gate.ts";
import type { HardBudgetOptions } from "./hard-budget.ts";

/**
 * Holds calls against the hard budgets of the API.
 * @throws TrackerConfigurationError when no API is known: a budget that nobody can be asked about is none
 */
export function hardBudgetGate(
  options: HardBudgetOptions,
  { api, onProblem }: { readonly api?: ApiAddress; readonly onProblem: (problem: TrackerProblem) => void },
): Gate {
  if (api === undefined)
    throw new TrackerConfigurationError([
      "hardBudget needs an API to ask: set AI_USAGE_API_URL and AI_USAGE_TOKEN, or ENABLE_BUDGET_ENFORCEMENT to false",
    ]);
  const loading = import("./asking.ts").then(({ openHardBudget }) =>
    openHardBudget(options, { api, onProblem }),
  );
  return new LoadedGate(loading);
}

/** Until it is loaded, calls wait for it. */
class LoadedGate implements Gate {
  readonly #loading: Promise<Gate>;
  #loaded: Gate | undefined;

  constructor(loading: Promise<Gate>) {
    this.#loading = loading;
    loading.then(
      (gate) => {
        this.#loaded = gate;
      },
      // Calls are told.
      () => {},
    );
  }

  enter(start: CallStart, context: UsageContext): Entry | Promise<Entry> {
    return this.#loaded?.enter(start, context) ?? this.#loading.then((gate) => gate.enter(start, context));
  }

  async close(): Promise<void> {
    await (await this.#loading).close();
  }
}
