import { describe, expect, it } from "vitest";
import { isMeantFor, matchesScope } from "./channel.ts";
import { aChannel, anAlert, aRecovery } from "./delivery-fixtures.ts";
import { parseScope } from "./scope.ts";

describe("channel", () => {
  it.each([
    ["*", true],
    ["team:growth", true],
    ["team:*", true],
    ["team:gro*", true],
    ["team:grow", false],
    ["user:*", false],
    ["teams:*", false],
    ["team:growth-2", false],
  ])("of %s tells of team:growth: %s", (pattern, tells) => {
    expect(matchesScope(pattern, parseScope("team:growth"))).toBe(tells);
    expect(isMeantFor(aChannel({ scopes: ["user:ann", pattern] }), anAlert())).toBe(tells);
  });

  it("tells of alerts of its level and above, of its kinds, and while it is there", () => {
    expect(isMeantFor(aChannel({ minLevel: "WARNING" }), anAlert())).toBe(true);
    expect(isMeantFor(aChannel({ minLevel: "CRITICAL" }), anAlert())).toBe(false);
    expect(isMeantFor(aChannel({ alertKinds: ["cost_spike"] }), anAlert())).toBe(false);
    expect(isMeantFor(aChannel({ alertKinds: ["budget_threshold"] }), anAlert())).toBe(true);
    expect(isMeantFor(aChannel({ active: false }), anAlert())).toBe(false);
  });

  it("takes an end as seriously as the beginning", () => {
    const critical = aRecovery(anAlert({ level: "CRITICAL" }));
    expect(critical.level).toBe("INFO");
    expect(isMeantFor(aChannel({ minLevel: "CRITICAL" }), critical)).toBe(true);
    expect(isMeantFor(aChannel({ minLevel: "CRITICAL" }), aRecovery())).toBe(false);
  });
});
