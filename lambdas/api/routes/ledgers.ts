import { type Budget, type Caller, mayAccess } from "@ai-usage/core";
import {
  auditLedger,
  findBudget,
  type LedgerAudit,
  type LedgerRepair,
  listLedgerRepairs,
  repairLedger,
} from "@ai-usage/store";
import { ProblemError, toWireLedger } from "@ai-usage/wire";
import { Hono } from "hono";
import { logger } from "../../environment.ts";
import { type ApiEnvironment, type ApiParts, callerWith, idOf, newId } from "../context.ts";

/** What a hard budget has left, where the rest is, and whether the metrics bear it out. */
export function ledgerRoutes({ table, clock }: ApiParts): Hono<ApiEnvironment> {
  const app = new Hono<ApiEnvironment>();

  app.get("/:id/ledger", async (context) => {
    const budget = await enforcedBudget(callerWith(context, "read"), idOf(context));
    const audit = await auditLedger(table, budget, clock());
    return context.json(view(budget, audit, await listLedgerRepairs(table, budget.budgetId)));
  });

  app.post("/:id/ledger/repair", async (context) => {
    const caller = callerWith(context, "admin");
    const budget = await enforcedBudget(caller, idOf(context));
    const note = { repairId: newId("rep"), at: clock(), by: caller.tokenId };
    const { before, after } = await repairLedger(table, budget, note);
    const repairs = await listLedgerRepairs(table, budget.budgetId);
    const answer = { before: view(budget, before, repairs), after: view(budget, after, repairs) };
    logger.warn("a ledger was repaired", {
      budgetId: budget.budgetId,
      by: caller.tokenId,
      before: answer.before.drift,
      after: answer.after.drift,
    });
    return context.json(answer);
  });

  async function enforcedBudget(caller: Caller, id: string) {
    const budget = await findBudget(table, id);
    if (!budget || !mayAccess(caller, [budget.scope])) throw new ProblemError(404, "there is no such budget");
    if (budget.enforcement === "soft") {
      throw new ProblemError(409, "a soft budget hands out nothing and has no ledger: see its status");
    }
    return budget;
  }

  return app;
}

const view = (budget: Budget, audit: LedgerAudit, repairs: readonly LedgerRepair[]) =>
  toWireLedger({ ...audit, budget, limit: audit.figures.limitTotal, repairs });
