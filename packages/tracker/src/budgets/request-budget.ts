import type { BudgetedCall, CallMaximum, LeaseClient } from "@ai-usage/client/leases";
import { findApi } from "../api-address.ts";
import type { UsageContext } from "../context/usage-context.ts";
import type { Environment } from "../environment/environment.ts";
import type { RequestAdmission, RequestBudget } from "../frameworks/request-budget.ts";
import { budgetedCall } from "./budgeted-call.ts";

export interface RequestBudgetOptions {
  /** The call that a request is worked on with, or the dearest of them. */
  readonly call: { readonly service: string; readonly model?: string; readonly operation?: string };
  /** What a request may take at most. @default what is estimated of such a call */
  readonly max?: CallMaximum;
  /** How many such calls a request makes. @default 1 */
  readonly calls?: number;
  /** Metadata that are scopes of their own, as the stack's setting says. @default none */
  readonly scopeMetadataKeys?: readonly string[];
  /** Output `ApiUrl` of the deployed stack. @default AI_USAGE_API_URL, or else the local stack's */
  readonly apiUrl?: string;
  /** One with the role `ingest`. @default AI_USAGE_TOKEN, or else the local stack's */
  readonly token?: string;
  /** Requests wait no longer for a decision; then they go on. @default 1000 */
  readonly timeoutMs?: number;
  /** @default process.env */
  readonly env?: Environment;
  /** @default process.cwd() */
  readonly cwd?: string;
}

const TIMEOUT_MS = 1_000;

/**
 * Asks whether the budgets that a request falls under have room for it, before anything is done for it. Nothing is
 * reserved: what holds at any number of requests at a time is the tracker's `hardBudget`.
 *
 * @throws NoConnectionError when no API is known
 */
export function requestBudget(options: RequestBudgetOptions): RequestBudget {
  const { call, max, calls, scopeMetadataKeys, timeoutMs = TIMEOUT_MS } = options;
  const api = findApi(options);
  let opening: Promise<LeaseClient> | undefined;
  const open = async () => (await import("./asking.ts")).openClient(api, timeoutMs);
  return {
    admit: async (context) => {
      const asked = callOf(call, context, scopeMetadataKeys);
      opening ??= open();
      const decision = await (await opening).decide({
        call: asked,
        ...(max !== undefined && { max }),
        ...(calls !== undefined && { calls }),
      });
      return decision.allowed ? { allowed: true } : refusalOf(decision.shortages, Date.now());
    },
  };
}

function callOf(
  { service, model, operation }: RequestBudgetOptions["call"],
  context: UsageContext,
  keys: readonly string[] | undefined,
): BudgetedCall {
  return budgetedCall({ service, model, operation: context.operation ?? operation }, context, keys);
}

/** What of a budget that is short says when to come again. */
interface Short {
  readonly unit: string;
  readonly retry_at: string;
}

function refusalOf(shortages: readonly Short[], nowMs: number): RequestAdmission {
  // All of them must have room again.
  const retryMs = Math.max(...shortages.map(({ retry_at }) => Date.parse(retry_at))) - nowMs;
  return {
    allowed: false,
    status: shortages.some(({ unit }) => unit === "usd") ? 402 : 429,
    ...(Number.isFinite(retryMs) && { retryAfterSeconds: Math.max(1, Math.ceil(retryMs / 1000)) }),
  };
}
