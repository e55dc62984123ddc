import { type Caller, type Lease, mayAccess, type Shortage } from "@ai-usage/core";
import {
  acquireLease,
  type CloseOutcome,
  consultBudgets,
  findLease,
  releaseLease,
  renewLease,
  settleLease,
  type TemplateSource,
} from "@ai-usage/store";
import {
  budgetExhausted,
  decideSchema,
  leaseSchema,
  PROBLEM_MEDIA_TYPE,
  ProblemError,
  parseOrProblem,
  renewSchema,
  settleSchema,
  spentFromWire,
  toWireDecision,
  toWireLease,
  toWireShortage,
  toWireUnitPrices,
} from "@ai-usage/wire";
import { Hono } from "hono";
import { type ApiEnvironment, type ApiParts, callerWith, idOf, jsonBodyOf, newId } from "../context.ts";
import { demandOf, pricesOfDemand } from "../demand.ts";

const readableBy =
  (caller: Caller) =>
  ({ scope }: { readonly scope: string }): boolean =>
    mayAccess(caller, [scope]);

/** What a call would come up against, and parts of budgets to make calls from. For those who make the calls. */
export function enforcementRoutes(
  parts: ApiParts,
  templates: TemplateSource,
): {
  decide: Hono<ApiEnvironment>;
  leases: Hono<ApiEnvironment>;
} {
  return { decide: decideRoutes(parts, templates), leases: leaseRoutes(parts, templates) };
}

function decideRoutes(parts: ApiParts, templates: TemplateSource): Hono<ApiEnvironment> {
  const app = new Hono<ApiEnvironment>();
  app.post("/", async (context) => {
    const caller = callerWith(context, "ingest");
    const wire = parseOrProblem(decideSchema, await jsonBodyOf(context));
    const now = parts.clock();
    const { budgets, perCall, isEstimated } = await demandOf(parts, templates, { wire, caller, now });
    const found = await consultBudgets(parts.table, { budgets, perCall, calls: wire.calls }, now);
    const decision = {
      allowed: found.shortages.length === 0,
      shortages: found.shortages,
      wouldHaveRefused: found.wouldHaveRefused,
      perCall,
      budgets: found.consulted,
      isEstimated,
    };
    return context.json(toWireDecision(decision, readableBy(caller)));
  });
  return app;
}

function leaseRoutes(parts: ApiParts, templates: TemplateSource): Hono<ApiEnvironment> {
  const { table, clock } = parts;
  const app = new Hono<ApiEnvironment>();

  app.post("/", async (context) => {
    const caller = callerWith(context, "ingest");
    const wire = parseOrProblem(leaseSchema, await jsonBodyOf(context));
    const now = clock();
    const demand = await demandOf(parts, templates, { wire, caller, now });
    const request = {
      ...demand,
      leaseId: newId("lea"),
      holder: caller.tokenId,
      calls: wire.calls,
      ttlMs: wire.ttl_seconds * 1000,
    };
    const unitPrices = await pricesOfDemand(parts, wire, now);
    const outcome = await acquireLease(table, request, now);
    const mayRead = readableBy(caller);
    if (outcome.outcome === "refused") return refusal(outcome.shortages, caller);
    const { fail_mode, budgets } = toWireDecision(
      {
        ...outcome,
        allowed: true,
        shortages: [],
        perCall: demand.perCall,
        budgets: outcome.consulted,
        isEstimated: demand.isEstimated,
      },
      mayRead,
    );
    const answer = {
      ...toWireLease(outcome.lease),
      estimated: demand.isEstimated,
      fail_mode,
      consulted: budgets,
      would_have_refused: outcome.wouldHaveRefused.map((shortage) => toWireShortage(shortage, mayRead)),
      ...toWireUnitPrices(unitPrices),
    };
    return context.json(answer, 201);
  });

  app.get("/:id", async (context) => {
    const lease = await ownLease(callerWith(context, "ingest"), idOf(context));
    return context.json(toWireLease(lease));
  });

  app.post("/:id/renew", async (context) => {
    const caller = callerWith(context, "ingest");
    const { leaseId } = await ownLease(caller, idOf(context));
    const wire = parseOrProblem(renewSchema, await jsonBodyOf(context));
    const spent = spentFromWire(wire.spent);
    const asked = { leaseId, spent, calls: wire.calls, ttlMs: wire.ttl_seconds * 1000 };
    const renewed = await renewLease(table, asked, clock());
    switch (renewed.outcome) {
      case "renewed":
        return context.json(toWireLease(renewed.lease));
      case "short":
        return refusal(renewed.shortages, caller);
      case "outdated":
        throw new ProblemError(
          409,
          "by now such calls fall under a budget that the lease holds nothing of: settle it, and ask for a new one",
        );
      case "closed":
        throw new ProblemError(409, `the lease is over (${renewed.lease.state}): ask for a new one`);
      case "unknown":
        throw noLease();
      default:
        return renewed satisfies never;
    }
  });

  app.post("/:id/settle", async (context) => {
    const { leaseId } = await ownLease(callerWith(context, "ingest"), idOf(context));
    const { spent } = parseOrProblem(settleSchema, await jsonBodyOf(context));
    const outcome = await settleLease(table, { leaseId, spent: spentFromWire(spent), now: clock() });
    return context.json(
      toWireLease(closedOr(outcome, "was settled with something else, or released, before")),
    );
  });

  app.post("/:id/release", async (context) => {
    const { leaseId } = await ownLease(callerWith(context, "ingest"), idOf(context));
    const outcome = await releaseLease(table, { leaseId, now: clock() });
    return context.json(toWireLease(closedOr(outcome, "was settled before: what was spent stays so")));
  });

  /** What a token may not see does not exist for it. */
  async function ownLease(caller: Caller, leaseId: string): Promise<Lease> {
    const lease = await findLease(table, leaseId);
    if (lease === undefined || !mayAccess(caller, lease.scopes)) throw noLease();
    return lease;
  }

  function refusal(shortages: readonly Shortage[], caller: Caller): Response {
    const document = budgetExhausted(shortages, { now: clock(), mayRead: readableBy(caller) });
    return new Response(JSON.stringify(document), {
      status: document.status,
      headers: {
        "content-type": PROBLEM_MEDIA_TYPE,
        "retry-after": String(document.retry_after_seconds),
      },
    });
  }

  return app;
}

const noLease = () => new ProblemError(404, "there is no such lease");

function closedOr(outcome: CloseOutcome, conflict: string): Lease {
  switch (outcome.outcome) {
    case "closed":
      return outcome.lease;
    case "conflict":
      throw new ProblemError(409, `the lease ${conflict}`);
    case "unknown":
      throw noLease();
    default:
      return outcome satisfies never;
  }
}
