import { describe, expect, it } from "vitest";
import { aMetric } from "./fixtures.ts";
import {
  customScopesOf,
  dimensionOf,
  GLOBAL_SCOPE,
  InvalidScopeError,
  isCustomDimension,
  nameProblem,
  parseScope,
  scopesOf,
  scopeValueOf,
} from "./scope.ts";

describe("name", () => {
  it.each(["a", "john-doe", "Ünïcödé", "growth team", "a:b/c", "日本語", "🚀", "x".repeat(128)])(
    "may be %s",
    (name) => {
      expect(nameProblem(name)).toBeUndefined();
    },
  );

  it.each([
    ["", /empty/],
    ["x".repeat(129), /128 characters/],
    ["日".repeat(86), /256 bytes/],
    ["a#b", /#/],
    ["a\u0000b", /control/],
    ["a\nb", /control/],
    ["a\u2028b", /control/],
    ["a\ud800b", /control/],
    [" a", /white space/],
    ["a ", /white space/],
    [" ", /white space/],
    ["\u00a0a", /white space/],
  ])("may not be %j", (name, problem) => {
    expect(nameProblem(name)).toMatch(problem);
  });
});

describe("scope", () => {
  it("is a dimension and a value, which may hold more colons", () => {
    const scope = parseScope("job:nightly:2026");
    expect(dimensionOf(scope)).toBe("job");
    expect(scopeValueOf(scope)).toBe("nightly:2026");
  });

  it.each([
    "",
    "growth",
    ":growth",
    "team:",
    "Team:growth",
    "2team:growth",
    "team:a#b",
    `${"a".repeat(33)}:b`,
    "global:some",
  ])("is not %j", (text) => {
    expect(() => parseScope(text)).toThrow(InvalidScopeError);
  });

  it("of a metric are the global one, one of each named dimension it has, and its custom ones", () => {
    const metric = aMetric({
      userId: "ann",
      team: "growth",
      jobId: "nightly",
      feature: "search",
      environment: "prod",
    });
    expect(scopesOf(metric, ["department:engineering"])).toEqual([
      GLOBAL_SCOPE,
      "service:openai",
      "model:gpt-4o",
      "user:ann",
      "team:growth",
      "job:nightly",
      "feature:search",
      "environment:prod",
      "department:engineering",
    ]);
    expect(scopesOf(aMetric({ model: undefined }), [])).toEqual([GLOBAL_SCOPE, "service:openai"]);
  });

  it("of a metric are those of all models that ran in it, each once", () => {
    const alsoUsed = ["mini", "gpt-4o", "mini"].map((model) => ({ model, usage: { input: 1 } }));
    expect(scopesOf(aMetric({ alsoUsed }), ["department:r&d"])).toEqual([
      GLOBAL_SCOPE,
      "service:openai",
      "model:gpt-4o",
      "model:mini",
      "department:r&d",
    ]);
    expect(scopesOf(aMetric({ model: undefined, alsoUsed: alsoUsed.slice(0, 1) }), [])).toEqual([
      GLOBAL_SCOPE,
      "service:openai",
      "model:mini",
    ]);
  });
});

describe("custom scopes", () => {
  const keys = ["department", "cost_center", "toString", "team"];

  it("come from the metadata that settings name, numbers and booleans too", () => {
    const metric = aMetric({ metadata: { department: "r&d", cost_center: 4711, other: "x" } });
    expect(customScopesOf(metric, keys)).toEqual(["department:r&d", "cost_center:4711"]);
  });

  it("leave out what is no name, what is not there, and dimensions that are a field", () => {
    const metric = aMetric({ metadata: { department: "a#b", cost_center: "", team: "growth" } });
    expect(customScopesOf(metric, keys)).toEqual([]);
  });

  it("have a dimension of their own", () => {
    expect(["department", "a1_b"].every(isCustomDimension)).toBe(true);
    expect(["global", "user", "model", "Dep", "_a", "", "a-b"].some(isCustomDimension)).toBe(false);
  });
});
