import {
  Amount,
  type Budget,
  type Caller,
  customScopesOf,
  type Instant,
  mayAccess,
  type Quantities,
  type Scope,
  scopesOf,
  tokensOf,
  type UnitPrices,
  type UnpricedPolicy,
} from "@ai-usage/core";
import type { CurrentPrices } from "@ai-usage/ingest";
import { decideUnpriced, quote, unitPricesOf } from "@ai-usage/pricing";
import { activeBudgetsOf, ensureTemplateBudgets, type TemplateSource } from "@ai-usage/store";
import { callFromWire, type decideSchema, ProblemError } from "@ai-usage/wire";
import type * as z from "zod";
import type { ApiParts } from "./context.ts";

/** A call that somebody is about to make: which budgets it falls under, and what it may take of them. */
export interface Demand {
  readonly scopes: readonly Scope[];
  readonly budgets: readonly Budget[];
  readonly perCall: Quantities;
  readonly isEstimated: boolean;
}

/** @throws ProblemError 403 when it counts in none of the caller's scopes, 402 when nobody knows its price and that is not allowed */
export async function demandOf(
  parts: Pick<ApiParts, "table" | "prices" | "scopeMetadataKeys" | "unpricedPolicy">,
  templates: TemplateSource,
  asked: { wire: Pick<z.output<typeof decideSchema>, "call" | "max">; caller: Caller; now: Instant },
): Promise<Demand> {
  const { caller, now } = asked;
  const { metric, maxCost, isEstimated } = callFromWire(asked.wire, now);
  const customScopes = customScopesOf(metric, parts.scopeMetadataKeys);
  const scopes = scopesOf(metric, customScopes);
  if (!mayAccess(caller, scopes)) {
    throw new ProblemError(403, `this token may ask for calls of ${caller.scopes?.join(", ")} only`);
  }
  const budgets = await budgetsOf(parts, templates, scopes, now);
  const priced =
    maxCost === undefined
      ? costOfCall(await parts.prices.current(now), parts.unpricedPolicy, { metric, customScopes, budgets })
      : { usd: maxCost, isEstimated };
  return {
    scopes,
    budgets,
    perCall: {
      usd: priced.usd,
      tokens: Amount.parse(String(tokensOf(metric.usage, "input") + tokensOf(metric.usage, "output"))),
      requests: Amount.parse("1"),
    },
    isEstimated: isEstimated || priced.isEstimated,
  };
}

/** What the units of such a call cost now, as far as that does not depend on how much it will use. */
export async function pricesOfDemand(
  parts: Pick<ApiParts, "prices" | "scopeMetadataKeys">,
  wire: Pick<z.output<typeof decideSchema>, "call" | "max">,
  now: Instant,
): Promise<UnitPrices> {
  const { metric } = callFromWire(wire, now);
  const { book, adjustments } = await parts.prices.current(now);
  const customScopes = customScopesOf(metric, parts.scopeMetadataKeys);
  return unitPricesOf(book, metric, { adjustments, customScopes });
}

/** A scope that is seen for the first time has its template's budget before its first call is decided on. */
async function budgetsOf(
  { table }: Pick<ApiParts, "table">,
  templates: TemplateSource,
  scopes: readonly Scope[],
  now: Instant,
): Promise<Budget[]> {
  const known = await activeBudgetsOf(table, scopes);
  const made = await ensureTemplateBudgets(table, {
    scopes,
    known,
    templates: await templates.current(now),
    now,
  });
  return [...known, ...made];
}

function costOfCall(
  { book, adjustments }: CurrentPrices,
  policy: UnpricedPolicy,
  call: Pick<ReturnType<typeof callFromWire>, "metric"> & {
    customScopes: readonly Scope[];
    budgets: readonly Budget[];
  },
): { usd: Amount; isEstimated: boolean } {
  const { metric, customScopes, budgets } = call;
  const quoted = quote(book, metric, { adjustments, customScopes });
  if (quoted.cost !== undefined) return { usd: quoted.cost, isEstimated: false };
  const decision = decideUnpriced(policy, book, metric);
  const isHeld = budgets.some(({ enforcement, unit }) => enforcement === "hard" && unit === "usd");
  if (decision.action === "block" && isHeld) {
    throw new ProblemError(
      402,
      `nobody knows what ${metric.model ?? metric.operation} of ${metric.service} costs, and calls without a price are not allowed ` +
        "where a budget is enforced: set a price, or say what the call may cost at most in max.cost_usd",
    );
  }
  return { usd: decision.estimate?.cost ?? Amount.zero, isEstimated: true };
}
