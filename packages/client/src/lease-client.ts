import type { Retry } from "./http.ts";
import type { AIUsageClientOptions } from "./methods/api-methods.ts";
import { LeaseMethods } from "./methods/lease-methods.ts";

/**
 * What of `AIUsageClient` has to do with leases, with the same requests, errors and retries: for libraries that live in
 * other people's applications, and have to be small.
 */
export class LeaseClient extends LeaseMethods {
  /** @throws NoConnectionError when the address or the token cannot be one */
  constructor(options: AIUsageClientOptions) {
    super(options, retry);
  }
}

const retry: Retry = async (attempt, { retries, delayMs, delayMsMax, mayPass }) => {
  for (let left = retries, delay = delayMs; ; left -= 1, delay *= 2) {
    try {
      return await attempt();
    } catch (error) {
      if (left <= 0 || !(error instanceof Error && mayPass(error))) throw error;
      const ms = Math.min(delayMsMax, delay * (1 + Math.random()));
      await new Promise((resolve) => setTimeout(resolve, ms));
    }
  }
};
