import { describe, expect, it } from "vitest";
import { parseBudgetFile } from "./budget-file-wire.ts";

function setOf(file: unknown) {
  const parsed = parseBudgetFile(file);
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.set;
}

function problemsOf(file: unknown): string[] {
  const parsed = parseBudgetFile(file);
  if ("set" in parsed) return [];
  return parsed.problems.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

const growth = { scope: "team:growth", amount: 500, period: "monthly" };

describe("budgets as code", () => {
  it("have the terms of a request, with its defaults", () => {
    const { name, budgets, templates } = setOf({
      name: "production",
      budgets: [
        { ...growth, time_zone: "Europe/Berlin", thresholds: [80, { amount: "450", on: "forecast" }] },
      ],
      templates: [{ pattern: "user:*", amount: "50.00", period: "daily", enforcement: "hard" }],
    });
    expect(name).toBe("production");
    expect(budgets).toMatchObject([
      {
        key: "team:growth monthly",
        terms: {
          scope: "team:growth",
          name: "team:growth monthly",
          unit: "usd",
          calendar: { timeZone: "Europe/Berlin" },
          enforcement: "soft",
        },
      },
    ]);
    expect(budgets[0]?.terms.amount.toString()).toBe("500");
    expect(budgets[0]?.terms.thresholds).toHaveLength(2);
    expect(templates).toMatchObject([
      { key: "user:* daily", pattern: "user:*", terms: { name: "{scope} daily", enforcement: "hard" } },
    ]);
  });

  it("may be none, or templates alone", () => {
    expect(setOf({ name: "empty" })).toEqual({ name: "empty", budgets: [], templates: [] });
  });

  it("are known by a key, and two alike need one each", () => {
    expect(problemsOf({ name: "a", budgets: [growth, { ...growth, amount: 9 }] })).toEqual([
      "budgets.1.key: must be given: there is a team:growth monthly already, and the two need keys to tell them apart",
    ]);
    expect(problemsOf({ name: "a", budgets: [growth, { ...growth, key: "second" }] })).toEqual([]);
    expect(
      problemsOf({
        name: "a",
        budgets: [
          { ...growth, key: "x" },
          { ...growth, key: "x" },
        ],
      }),
    ).toEqual(['budgets.1.key: "x" is taken: keys must differ']);
    const tokens = { ...growth, unit: "tokens" };
    expect(setOf({ name: "a", budgets: [growth, tokens] }).budgets[1]?.key).toBe(
      "team:growth monthly tokens",
    );
  });

  it.each([
    ["no object", [], ": must hold a name, budgets and templates"],
    ["no name", {}, "name: must be given, a name for the set of budgets"],
    ["a name with a slash", { name: "a/b" }, "name: must be letters, digits, _, . or -, at most 64 of them"],
    ["a field that is unknown", { name: "a", budget: [] }, "budget: is not a field that is known here"],
    [
      "a misspelt term",
      { name: "a", budgets: [{ ...growth, ammount: 5 }] },
      "budgets.0.ammount: is not a field that is known here",
    ],
    [
      "a scope that is none",
      { name: "a", budgets: [{ ...growth, scope: "growth" }] },
      "budgets.0.scope: must be written dimension:value, for example team:growth or global:all",
    ],
    [
      "a pattern that is none",
      { name: "a", templates: [{ ...growth, scope: undefined, pattern: "*" }] },
      "templates.0.pattern: must be all of a dimension (user:*), or of a beginning (team:eu-*)",
    ],
    [
      "terms that do not go together",
      { name: "a", budgets: [growth, { ...growth, period: "minutely" }] },
      "budgets.1.enforcement: must be hard or shadow: totals know no minutes to alert on",
    ],
    [
      "an amount of nothing",
      { name: "a", budgets: [{ ...growth, amount: 0 }] },
      "budgets.0.amount: must be more than zero",
    ],
  ])("say where there is %s", (_, file, problem) => {
    expect(problemsOf(file)).toContain(problem);
  });
});
