import {
  Amount,
  type BudgetTerms,
  type ExistingBudget,
  type ExistingTemplate,
  type TermsUpdate,
  type Threshold,
} from "@ai-usage/core";
import type { toWireTemplate } from "./budget-template-wire.ts";
import { toWireTerms } from "./budget-terms-wire.ts";
import type { toWireBudget } from "./budget-wire.ts";

// What budgets as code reads of answers, to compare it with a file, and what it asks for then.

type WireTermsAnswer = ReturnType<typeof toWireTerms>;

/** A budget as the API answers it. */
export function existingBudget(budget: ReturnType<typeof toWireBudget>): ExistingBudget {
  return {
    ...termsOfAnswer(budget),
    scope: budget.scope,
    budgetId: budget.budget_id,
    active: budget.active,
    managedBy: budget.managed_by,
    managedKey: budget.managed_key,
  };
}

export function existingTemplate(template: ReturnType<typeof toWireTemplate>): ExistingTemplate {
  return {
    templateId: template.template_id,
    pattern: template.pattern,
    terms: termsOfAnswer(template),
    active: template.active,
    managedBy: template.managed_by,
    managedKey: template.managed_key,
  };
}

function termsOfAnswer(wire: WireTermsAnswer): Omit<BudgetTerms, "scope"> {
  const { rollover, spike, contact } = wire;
  return {
    name: wire.name,
    unit: wire.unit,
    amount: Amount.parse(wire.amount),
    period: wire.period,
    calendar: {
      timeZone: wire.time_zone,
      weekStartsOn: wire.week_starts_on,
      yearStartsIn: wire.fiscal_year_starts_in,
    },
    thresholds: wire.thresholds.map(({ percent, amount, on, level }) => ({
      at: percent === undefined ? { amount: Amount.parse(amount) } : { percent },
      on,
      level,
    })),
    enforcement: wire.enforcement,
    failMode: wire.fail_mode,
    ...(rollover && { rollover: { cap: Amount.parse(rollover.cap) } }),
    ...(spike && { spike: { times: spike.times, atLeast: Amount.parse(spike.at_least) } }),
    ...(contact !== undefined && { contact }),
    metadata: wire.metadata,
  };
}

/** Terms as a request states them, nothing left to a default. */
export function termsToRequest(terms: Omit<BudgetTerms, "scope">) {
  const { currency: _, ...wire } = toWireTerms(terms);
  return { ...wire, thresholds: terms.thresholds.map(thresholdToRequest) };
}

const thresholdToRequest = ({ at, on, level }: Threshold) => ({
  ...("percent" in at ? { percent: at.percent } : { amount: at.amount.toString() }),
  on,
  level,
});

/** Body of a `PATCH` that changes these terms and no others. */
export function updateToRequest(update: TermsUpdate) {
  const { name, thresholds, enforcement, failMode, metadata, rollover, spike, contact } = update;
  return {
    ...(name !== undefined && { name }),
    ...(update.amount && { amount: update.amount.toString() }),
    ...(thresholds && { thresholds: thresholds.map(thresholdToRequest) }),
    ...(enforcement && { enforcement }),
    ...(failMode && { fail_mode: failMode }),
    ...(metadata && { metadata }),
    ...(rollover !== undefined && { rollover: rollover && { cap: rollover.cap.toString() } }),
    ...(spike !== undefined && {
      spike: spike && { times: spike.times, at_least: spike.atLeast.toString() },
    }),
    ...(contact !== undefined && { contact }),
  };
}
