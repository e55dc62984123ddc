import { AIUsageClient } from "@ai-usage/client";
import type { ApiAddress } from "../api-address.ts";

/** What asks the API, and all that it needs: loaded when there is something to ask. */

/** Whoever waits for an answer rather goes on without. */
const TIMEOUT_MS = 5_000;
const RETRIES = 1;

export const openApiClient = (api: ApiAddress): AIUsageClient =>
  new AIUsageClient({ ...api, timeoutMs: TIMEOUT_MS, retries: RETRIES });
