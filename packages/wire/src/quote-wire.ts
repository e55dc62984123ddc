import type {
  AIUsageMetric,
  Instant,
  Money,
  PriceAdjustment,
  PricingStatus,
  UnpricedPolicy,
} from "@ai-usage/core";
import * as z from "zod";
import { countField, instantField, nameField } from "./fields.ts";
import {
  COUNT_MAX,
  defined,
  metadataField,
  pricedFields,
  usageFromWire,
  usageProblemsField,
} from "./metric-wire.ts";

const VOLUME_MAX = 1_000_000_000_000;

/** Body of `POST /prices/quote`: a metric as far as its price depends on it. */
export const quoteSchema = z
  .strictObject(
    {
      service: nameField,
      ...pricedFields,
      operation: nameField.optional(),
      timestamp: instantField.optional(),
      input_tokens: countField(COUNT_MAX).optional(),
      output_tokens: countField(COUNT_MAX).optional(),
      user_id: nameField.optional(),
      team: nameField.optional(),
      feature: nameField.optional(),
      environment: nameField.optional(),
      job_id: nameField.optional(),
      error: nameField.optional(),
      usage_problems: usageProblemsField.optional(),
      metadata: metadataField.optional(),
      volume_before: countField(VOLUME_MAX).optional(),
    },
    { error: (issue) => (issue.code === "unrecognized_keys" ? undefined : "must be an object, one call") },
  )
  .superRefine((wire, context) => {
    for (const field of ["input_tokens", "output_tokens"] as const) {
      if (wire.usage === undefined || wire[field] === undefined) continue;
      context.addIssue({ code: "custom", path: [field], message: "must be left out when usage is given" });
    }
    if (wire.model === undefined && wire.requested?.model === undefined && wire.operation === undefined) {
      context.addIssue({ code: "custom", path: ["model"], message: "must be given, or an operation" });
    }
  });

/** @param now when the call is taken to be made unless it says so itself */
export function quotedMetric(wire: z.output<typeof quoteSchema>, now: Instant): AIUsageMetric {
  return {
    requestId: "quote",
    service: wire.service,
    model: wire.model,
    operation: wire.operation ?? "quote",
    timestamp: wire.timestamp ?? now,
    usage: usageFromWire(wire),
    ...(wire.also_used && { alsoUsed: wire.also_used }),
    callCount: wire.call_count ?? 1,
    ...(wire.served && { served: defined(wire.served) }),
    ...(wire.requested && { requested: defined(wire.requested) }),
    ...(wire.refusal && { refusal: wire.refusal }),
    ...(wire.billing_account !== undefined && { billingAccount: wire.billing_account }),
    reportedCost: wire.cost_usd,
    userId: wire.user_id,
    team: wire.team,
    feature: wire.feature,
    environment: wire.environment,
    jobId: wire.job_id,
    error: wire.error,
    ...(wire.usage_problems && { usageProblems: wire.usage_problems }),
    metadata: wire.metadata ?? {},
  };
}

/** What an answer shows of a quote. */
export interface ShownQuote {
  readonly pricingStatus: PricingStatus;
  readonly cost?: Money | undefined;
  readonly listCost?: Money | undefined;
  readonly reportedCost?: Money | undefined;
  readonly priceId?: string | undefined;
  readonly reason?: string | undefined;
  readonly unpricedUnits: readonly string[];
  readonly lines: readonly {
    readonly model: string | undefined;
    readonly unit: string;
    readonly quantity: number;
    readonly unitPrice: Money;
    readonly amount: Money;
    readonly rowId: string;
    readonly multiplierIds: readonly string[];
  }[];
  readonly adjustments: readonly { readonly adjustment: PriceAdjustment; readonly amount: Money }[];
  readonly warnings: readonly string[];
}

/** What would become of the call where a budget is enforced. */
export interface ShownEnforcement {
  readonly policy: UnpricedPolicy;
  readonly action: "allow" | "block";
  readonly estimate?: { readonly cost: Money; readonly rowId: string; readonly leftOut: readonly string[] };
}

/** The answer of `POST /prices/quote`: `list_cost_usd` is the sum of the lines, `cost_usd` that and the adjustments. */
export function toWireQuote(quote: ShownQuote, { policy, action, estimate }: ShownEnforcement) {
  const leftOut = estimate?.leftOut ?? [];
  return {
    pricing_status: quote.pricingStatus,
    cost_usd: quote.cost?.toString() ?? null,
    list_cost_usd: quote.listCost?.toString() ?? null,
    reported_cost_usd: quote.reportedCost?.toString() ?? null,
    price_id: quote.priceId ?? null,
    unpriced_reason: quote.reason ?? null,
    unpriced_units: quote.unpricedUnits,
    lines: quote.lines.map((line) => ({
      model: line.model ?? null,
      unit: line.unit,
      quantity: line.quantity,
      unit_price_usd: line.unitPrice.toString(),
      amount_usd: line.amount.toString(),
      row_id: line.rowId,
      multiplier_ids: line.multiplierIds,
    })),
    adjustments: quote.adjustments.map(({ adjustment, amount }) => ({
      adjustment_id: adjustment.adjustmentId,
      kind: adjustment.kind,
      scope: adjustment.scope,
      percent: adjustment.percent,
      amount_usd: amount.toString(),
    })),
    warnings:
      leftOut.length === 0
        ? quote.warnings
        : [...quote.warnings, `the estimate is without ${leftOut.join(", ")}`],
    enforcement: {
      policy,
      action,
      estimated_cost_usd: estimate?.cost.toString() ?? null,
      estimated_from: estimate?.rowId ?? null,
    },
  };
}
