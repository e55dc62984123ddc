import { describe, expect, it } from "vitest";
import { scopesOfOutcome } from "./outcome.ts";
import { parseScope } from "./scope.ts";
import { parseInstant } from "./time.ts";

describe("outcome", () => {
  const smallest = {
    outcomeId: "o1",
    timestamp: parseInstant("2026-11-21T10:20:00Z"),
    outcome: "ticket_resolved",
    success: true,
    metadata: {},
  };

  it("falls under the scopes of all that it is about", () => {
    const outcome = { userId: "ada", team: "growth", feature: "mail", environment: "prod", jobId: "nightly" };
    const customScopes = [parseScope("department:sales")];
    expect(scopesOfOutcome({ outcome: { ...smallest, ...outcome }, customScopes })).toEqual([
      "global:all",
      "user:ada",
      "team:growth",
      "job:nightly",
      "feature:mail",
      "environment:prod",
      "department:sales",
    ]);
  });

  it("falls under the global scope alone where it is about nobody", () => {
    expect(scopesOfOutcome({ outcome: smallest, customScopes: [] })).toEqual(["global:all"]);
  });
});
