import {
  type Budget,
  type Caller,
  type ChangeNote,
  type Instant,
  mayAccess,
  type Scope,
} from "@ai-usage/core";
import { findBudget, type Table } from "@ai-usage/store";
import { ProblemError } from "@ai-usage/wire";
import { newId } from "./context.ts";

/** @throws ProblemError 404 also for a budget of a scope that the caller may not see: it does not exist for it */
export async function visibleBudget(table: Table, caller: Caller, budgetId: string): Promise<Budget> {
  const budget = await findBudget(table, budgetId);
  if (!budget || !mayAccess(caller, [budget.scope])) throw noSuchBudget();
  return budget;
}

export const noSuchBudget = () => new ProblemError(404, "there is no such budget");

/** @throws ProblemError 403 when the token is limited to other scopes */
export function requireScopes(caller: Caller, scopes: readonly Scope[], verb: "set" | "see"): void {
  if (scopes.every((scope) => mayAccess(caller, [scope]))) return;
  throw new ProblemError(403, `this token may ${verb} budgets for ${caller.scopes?.join(", ")} only`);
}

/** Who changes budgets by a request. */
export function changeBy({ tokenId }: Caller, at: Instant, reason?: string): ChangeNote {
  return { changeId: newId("chg"), at, by: tokenId, ...(reason !== undefined && { reason }) };
}
