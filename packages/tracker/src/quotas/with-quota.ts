import type { UsageContext } from "../context/usage-context.ts";
import { isInstrumented } from "../providers/instrumented.ts";
import type { Tracker } from "../tracker.ts";
import type { ApiConnection } from "./api-connection.ts";
import { type Quota, quotaOf } from "./quota.ts";
import type { QuotaScope } from "./quota-scopes.ts";

export interface WithQuotaOptions extends UsageContext, QuotaScope, ApiConnection {
  /** Who bills, where the client cannot tell, as with `tracker.wrap`. */
  readonly service?: string;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

const METHODS = ["remainingBudget", "usageReport", "status"] as const;

/**
 * Wraps a provider's client as `tracker.wrap` does, so that its calls count for a team, a user, a feature, …; and has it tell
 * what is left of their budgets. What a call's own `withUsageContext` says of who it is for wins.
 *
 * @returns the client that was given, with three methods more
 * @throws TypeError when it is no client that is known, or one that is wrapped already: its calls count for somebody else
 */
export function withQuota<Client extends object>(
  tracker: Tracker,
  client: Client,
  options: WithQuotaOptions,
): Client & Quota {
  const { service } = options;
  const context = contextOf(options);
  const quota = quotaOf({ ...options, ...usersName(tracker, context) });
  refuseTaken(client);
  tracker.wrap(client, { context: () => context, ...(service !== undefined && { service }) });
  return withMethods(client, quota);
}

function contextOf(options: WithQuotaOptions): UsageContext {
  const { apiUrl, token, env, cwd, now, service, scopeMetadataKeys, ...context } = options;
  return Object.freeze(context);
}

/** Users have budgets under the names that their metrics have, which may be hashed. */
function usersName(tracker: Tracker, { userId }: UsageContext): QuotaScope {
  const named = userId === undefined ? undefined : tracker.attribution({ userId }).userId;
  return named === undefined ? {} : { userId: named };
}

function refuseTaken(client: object): void {
  if (isInstrumented(client) || METHODS.every((name) => name in client))
    throw new TypeError("the client is wrapped already: give withQuota one that nothing has wrapped yet");
  const taken = METHODS.find((name) => name in client);
  if (taken !== undefined) throw new TypeError(`the client has a ${taken} of its own: use quotaOf beside it`);
}

/** Not enumerable, as methods of a class are not; and on what `withOptions` makes of it, too. */
function withMethods<Client extends object>(client: Client, quota: Quota): Client & Quota {
  for (const name of METHODS) define(client, name, quota[name]);
  if ("withOptions" in client && typeof client.withOptions === "function") {
    const { withOptions } = client;
    define(client, "withOptions", function (this: object, ...given: unknown[]) {
      return withMethods(withOptions.apply(this, given) as object, quota);
    });
  }
  return client as Client & Quota;
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true });
}
