import { createHash } from "node:crypto";
import type { BudgetTerms } from "./budget.ts";
import { matchesScope } from "./channel.ts";
import type { Scope } from "./scope.ts";
import type { Instant } from "./time.ts";

/** Makes a budget for each scope of a pattern (`user:*`) as soon as the scope is first seen. */
export interface BudgetTemplate {
  readonly templateId: string;
  /** All of a dimension, or of a beginning: `user:*`, `team:eu-*`. */
  readonly pattern: string;
  /** `name` may hold `{scope}` and `{value}`. */
  readonly terms: Omit<BudgetTerms, "scope">;
  readonly active: boolean;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly managedBy?: string;
  readonly managedKey?: string;
}

export function templateApplies(template: BudgetTemplate, scope: Scope): boolean {
  return template.active && matchesScope(template.pattern, scope);
}

/** One template makes one budget of a scope, however many see the scope first. */
export function templateBudgetId(templateId: string, scope: Scope): string {
  return `bud_${createHash("sha256").update(`${templateId}#${scope}`).digest("hex").slice(0, 16)}`;
}
