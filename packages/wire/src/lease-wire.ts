import {
  type AIUsageMetric,
  Amount,
  type ConsultedBudget,
  type Decision,
  failModeOf,
  fixedPointText,
  type Instant,
  type Lease,
  noQuantities,
  type Quantities,
  type UnitPrices,
  type Usage,
} from "@ai-usage/core";
import * as z from "zod";
import { toWireShortage } from "./budget-exhausted.ts";
import { amountField, countField, nameField } from "./fields.ts";
import { COUNT_MAX, metadataField, usageField } from "./metric-wire.ts";

const CALLS_MAX = 100_000;

const callSchema = z.strictObject(
  {
    service: nameField,
    model: nameField.optional(),
    operation: nameField.optional(),
    user_id: nameField.optional(),
    team: nameField.optional(),
    feature: nameField.optional(),
    environment: nameField.optional(),
    job_id: nameField.optional(),
    metadata: metadataField.optional(),
  },
  {
    error: (issue) =>
      issue.code === "unrecognized_keys" ? undefined : "must be an object that says which call it is",
  },
);

const maximumSchema = z
  .strictObject(
    {
      cost_usd: amountField.optional(),
      input_tokens: countField(COUNT_MAX).optional(),
      output_tokens: countField(COUNT_MAX).optional(),
      usage: usageField.optional(),
    },
    {
      error: (issue) =>
        issue.code === "unrecognized_keys"
          ? undefined
          : "must be an object of what one call may take at most",
    },
  )
  .superRefine(({ usage, input_tokens, output_tokens }, context) => {
    if (usage === undefined || (input_tokens === undefined && output_tokens === undefined)) return;
    context.addIssue({
      code: "custom",
      path: ["usage"],
      message: "must be left out when tokens are given, and they when it is",
    });
  });

const askedFields = {
  call: callSchema,
  max: maximumSchema.optional(),
  calls: countField(CALLS_MAX, 1).default(1),
};

/** Body of `POST /budgets/decide`. */
export const decideSchema = z.strictObject(askedFields);

const ttlField = countField(900, 5);

/** Body of `POST /leases`. */
export const leaseSchema = z.strictObject({ ...askedFields, ttl_seconds: ttlField.default(60) });

const spentSchema = z.strictObject(
  {
    cost_usd: amountField,
    tokens: countField(COUNT_MAX).optional(),
    requests: countField(COUNT_MAX).optional(),
  },
  {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? undefined
        : 'must be what was spent, {"cost_usd": …, "tokens", "requests"}',
  },
);

/**
 * Body of `POST /leases/{id}/renew`. `spent` is all that has been spent from the lease so far; no `calls` make it last
 * longer and no more.
 */
export const renewSchema = z.strictObject({
  calls: countField(CALLS_MAX).default(1),
  ttl_seconds: ttlField.default(60),
  spent: spentSchema.optional(),
});

/** Body of `POST /leases/{id}/settle`. */
export const settleSchema = z.strictObject({ spent: spentSchema });

/** What was said, unit by unit; when nothing was, nothing has been spent. */
export function spentFromWire(wire: z.output<typeof spentSchema> | undefined): Partial<Quantities> {
  if (wire === undefined) return noQuantities;
  return {
    usd: wire.cost_usd,
    ...(wire.tokens !== undefined && { tokens: Amount.parse(String(wire.tokens)) }),
    ...(wire.requests !== undefined && { requests: Amount.parse(String(wire.requests)) }),
  };
}

/** What one call takes where nobody says how much: a long prompt, and as long an answer as models give by default. */
const INPUT_TOKENS_DEFAULT = 4_000;
const OUTPUT_TOKENS_DEFAULT = 4_096;

function usageOf({ call, max = {} }: Pick<z.output<typeof decideSchema>, "call" | "max">): Usage {
  if (max.usage !== undefined) return max.usage;
  const { input_tokens, output_tokens } = max;
  // A service without models bills requests.
  if (call.model === undefined && input_tokens === undefined && output_tokens === undefined)
    return { request: 1 };
  return { input: input_tokens ?? INPUT_TOKENS_DEFAULT, output: output_tokens ?? OUTPUT_TOKENS_DEFAULT };
}

/** The most expensive call that is meant, as a metric, to be priced as one. */
export function callFromWire(
  asked: Pick<z.output<typeof decideSchema>, "call" | "max">,
  now: Instant,
): { metric: AIUsageMetric; maxCost: Amount | undefined; isEstimated: boolean } {
  const { call, max = {} } = asked;
  const isTokensKnown =
    max.usage !== undefined || (max.input_tokens !== undefined && max.output_tokens !== undefined);
  return {
    metric: {
      requestId: "decide",
      service: call.service,
      model: call.model,
      operation: call.operation ?? "call",
      timestamp: now,
      usage: usageOf(asked),
      callCount: 1,
      userId: call.user_id,
      team: call.team,
      feature: call.feature,
      environment: call.environment,
      jobId: call.job_id,
      metadata: call.metadata ?? {},
    },
    maxCost: max.cost_usd,
    isEstimated: !(max.cost_usd !== undefined || isTokensKnown),
  };
}

export function toWireQuantities({ usd, tokens, requests }: Quantities) {
  return { cost_usd: usd.toString(), tokens: tokens.toString(), requests: requests.toString() };
}

const toWireConsulted = (budget: ConsultedBudget) => ({
  budget_id: budget.budgetId,
  name: budget.name,
  scope: budget.scope,
  unit: budget.unit,
  enforcement: budget.enforcement,
  fail_mode: budget.failMode,
  remaining: budget.remaining.toString(),
});

/** @param mayRead which budgets the caller may read: of the others the answer tells no figures */
export function toWireDecision(
  decision: Decision & { readonly isEstimated: boolean },
  mayRead: (budget: { readonly scope: string }) => boolean,
) {
  return {
    allowed: decision.allowed,
    per_call: toWireQuantities(decision.perCall),
    estimated: decision.isEstimated,
    fail_mode: failModeOf(decision.budgets),
    budgets: decision.budgets.filter(mayRead).map(toWireConsulted),
    shortages: decision.shortages.map((shortage) => toWireShortage(shortage, mayRead)),
    would_have_refused: decision.wouldHaveRefused.map((shortage) => toWireShortage(shortage, mayRead)),
  };
}

export function toWireLease(lease: Lease) {
  return {
    lease_id: lease.leaseId,
    state: lease.state,
    calls: lease.calls,
    per_call: toWireQuantities(lease.perCall),
    granted: toWireQuantities(lease.granted),
    budgets: lease.budgets.map(({ budgetId, unit, period, held, charged }) => ({
      budget_id: budgetId,
      unit,
      period_id: period.id,
      resets_at: period.end,
      held: held.toString(),
      ...(charged && { charged: charged.toString() }),
    })),
    acquired_at: lease.acquiredAt,
    expires_at: lease.expiresAt,
    ...(lease.closedAt !== undefined && { closed_at: lease.closedAt }),
    ...(lease.settled && { settled: toWireQuantities(lease.settled) }),
  };
}

/** Beside a new lease, so that who makes its calls can tell what they cost. */
export function toWireUnitPrices({ prices, promptTokensMax }: UnitPrices) {
  const unit_prices: Record<string, string> = {};
  for (const [unit, price] of prices) unit_prices[unit] = fixedPointText(price);
  return {
    unit_prices,
    ...(promptTokensMax !== undefined && { unit_prices_prompt_tokens_max: promptTokensMax }),
  };
}
