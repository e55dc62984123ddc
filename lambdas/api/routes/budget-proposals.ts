import { type BudgetProposal, type Caller, mayAccess } from "@ai-usage/core";
import { approveProposal, findProposal, listProposals, rejectProposal } from "@ai-usage/store";
import {
  decisionSchema,
  ProblemError,
  parseOrProblem,
  proposalListSchema,
  toWireProposal,
} from "@ai-usage/wire";
import { type Context, Hono } from "hono";
import { changeBy } from "../budget-access.ts";
import { type ApiEnvironment, type ApiParts, callerWith, idOf, optionalBodyOf, queryOf } from "../context.ts";

/** Increases of budgets that wait for a second person, or have. */
export function proposalRoutes({ table, clock }: ApiParts): Hono<ApiEnvironment> {
  const app = new Hono<ApiEnvironment>();

  app.get("/", async (context) => {
    const { scopes } = callerWith(context, "read");
    const query = parseOrProblem(proposalListSchema, queryOf(context));
    const { items, nextCursor } = await listProposals(table, { ...query, scopes });
    return context.json({ proposals: items.map(toWireProposal), next_cursor: nextCursor ?? null });
  });

  app.post("/:id/approve", async (context) => {
    const { caller, proposalId, reason } = await decision(context);
    const approved = await approveProposal(table, proposalId, changeBy(caller, clock(), reason));
    switch (approved.outcome) {
      case "approved":
        return context.json(toWireProposal(approved.proposal));
      case "own":
        throw new ProblemError(
          403,
          "this token proposed it: it takes the token of a second person to approve",
        );
      case "outdated":
        throw new ProblemError(409, "the budget has changed since it was proposed: propose it anew");
      case "decided":
        return context.json(toWireProposal(decidedAs(approved.proposal, ["approved"])));
      case "unknown":
        throw noSuchProposal();
      default:
        return approved satisfies never;
    }
  });

  app.post("/:id/reject", async (context) => {
    const { caller, proposalId, reason } = await decision(context);
    const rejected = await rejectProposal(table, proposalId, changeBy(caller, clock(), reason));
    switch (rejected.outcome) {
      case "rejected":
      case "withdrawn":
        return context.json(toWireProposal(rejected.proposal));
      case "decided":
        return context.json(toWireProposal(decidedAs(rejected.proposal, ["rejected", "withdrawn"])));
      case "unknown":
        throw noSuchProposal();
      default:
        return rejected satisfies never;
    }
  });

  const decision = async (context: Context<ApiEnvironment>) => {
    const caller = callerWith(context, "admin");
    const { proposalId } = await visibleProposal(caller, idOf(context));
    const { reason } = parseOrProblem(decisionSchema, await optionalBodyOf(context));
    return { caller, proposalId, reason };
  };

  const visibleProposal = async (caller: Caller, id: string): Promise<BudgetProposal> => {
    const proposal = await findProposal(table, id);
    // What a token may not see does not exist for it.
    if (!proposal || !mayAccess(caller, [proposal.scope])) throw noSuchProposal();
    return proposal;
  };

  return app;
}

/** Deciding twice the same is the same answer. */
function decidedAs(proposal: BudgetProposal, states: readonly BudgetProposal["state"][]): BudgetProposal {
  if (states.includes(proposal.state)) return proposal;
  throw new ProblemError(409, `this was decided before: it is ${proposal.state}`);
}

const noSuchProposal = () => new ProblemError(404, "there is no such proposal");
