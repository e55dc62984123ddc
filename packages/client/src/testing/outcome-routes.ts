import { utcDateOf } from "@ai-usage/core";
import {
  type OutcomeResult,
  parseOutcome,
  parseOutcomesQuery,
  parseOutcomesRequest,
  toWireOutcome,
  toWireOutcomesAnswer,
} from "@ai-usage/wire";
import type { MemoryLedger } from "./memory-ledger.ts";
import { pageOf, type Route, type RouteAnswer, type RouteRequest } from "./route.ts";

export const outcomeRoutes: Readonly<Record<string, Route>> = {
  "POST /outcomes": recordOutcomes,
  "GET /outcomes": listOutcomes,
};

function recordOutcomes(ledger: MemoryLedger, { body, now }: RouteRequest): RouteAnswer {
  const request = parseOutcomesRequest(body);
  const results = request.entries.map((input): OutcomeResult => {
    const parsed = parseOutcome(input, { now, retentionDays: 400 });
    if ("errors" in parsed) return { status: "rejected", ...parsed };
    const { outcome } = parsed;
    const { outcomeId } = outcome;
    const known = ledger.outcomes.get(outcomeId);
    if (known) {
      const isSame = JSON.stringify(known) === JSON.stringify(outcome);
      return { status: isSame ? "duplicate" : "conflict", outcomeId };
    }
    ledger.outcomes.set(outcomeId, outcome);
    return { status: "recorded", outcomeId };
  });
  return toWireOutcomesAnswer(results, request);
}

function listOutcomes(ledger: MemoryLedger, { query, now }: RouteRequest) {
  const { first, last, team, feature, outcome } = parseOutcomesQuery({ ...query }, now);
  const chosen = [...ledger.outcomes.values()]
    .filter(({ timestamp }) => utcDateOf(timestamp) >= first && utcDateOf(timestamp) <= last)
    .filter((one) => team === undefined || one.team === team)
    .filter((one) => feature === undefined || one.feature === feature)
    .filter((one) => outcome === undefined || one.outcome === outcome)
    .sort((a, b) => (a.timestamp < b.timestamp ? 1 : -1));
  const shown = chosen.map((one) => toWireOutcome({ outcome: one, customScopes: [] }));
  return pageOf("outcomes", shown, query);
}
