import { LeaseClient } from "@ai-usage/client/leases";
import type { ApiAddress } from "../api-address.ts";
import type { TrackerProblem } from "../delivery/delivery.ts";
import { HardBudget, type HardBudgetOptions } from "./hard-budget.ts";

/** What asks the API about budgets, and all that it needs: loaded by those who have any. */

/** Where nothing is held yet, a call waits for so long at most. */
const WAIT_MS_MAX = 3_000;
/** Somewhat longer than the API takes at most: a lease whose answer is not waited for is held by nobody until it ends. */
const TIMEOUT_MS = 30_000;
const RETRIES = 1;

export function openHardBudget(
  options: HardBudgetOptions,
  { api, onProblem }: { readonly api: ApiAddress; readonly onProblem: (problem: TrackerProblem) => void },
): HardBudget {
  const client = new LeaseClient({ ...api, timeoutMs: TIMEOUT_MS, retries: RETRIES });
  return new HardBudget({ ...options, client, onProblem, waitMsMax: WAIT_MS_MAX });
}

export const openClient = (api: ApiAddress, timeoutMs: number): LeaseClient =>
  new LeaseClient({ ...api, timeoutMs, retries: 0 });
