import { describe, expect, it } from "vitest";
import { type BudgetTemplate, templateApplies, templateBudgetId } from "./budget-template.ts";
import { aBudget } from "./fixtures.ts";
import { parseScope } from "./scope.ts";
import { parseInstant } from "./time.ts";

const template = (pattern: string, active = true): BudgetTemplate => ({
  templateId: "tpl_1",
  pattern,
  terms: aBudget(),
  active,
  createdAt: parseInstant("2026-11-21T12:00:00Z"),
  createdBy: "token_1",
});
const scopes = ["global:all", "user:ann", "user:anna", "team:user:ann"].map(parseScope);
const appliesTo = (...parameters: Parameters<typeof template>) =>
  scopes.filter((scope) => templateApplies(template(...parameters), scope));

describe("budget template", () => {
  it("is for all of a dimension, for what begins alike, or for one scope", () => {
    expect(appliesTo("user:*")).toEqual(["user:ann", "user:anna"]);
    expect(appliesTo("user:ann*")).toEqual(["user:ann", "user:anna"]);
    expect(appliesTo("user:ann")).toEqual(["user:ann"]);
    expect(appliesTo("team:*")).toEqual(["team:user:ann"]);
    expect(appliesTo("model:*")).toEqual([]);
    expect(appliesTo("us*")).toEqual([]);
  });

  it("is for nothing once it is not active", () => {
    expect(appliesTo("user:*", false)).toEqual([]);
  });

  it("makes one budget of a scope, and another of each other scope and template", () => {
    const [global, ann, anna] = scopes;
    if (!global || !ann || !anna) throw new Error("there are scopes");
    expect(templateBudgetId("tpl_1", ann)).toBe(templateBudgetId("tpl_1", ann));
    expect(templateBudgetId("tpl_1", ann)).toMatch(/^bud_[0-9a-f]{16}$/);
    const ids = [
      templateBudgetId("tpl_1", ann),
      templateBudgetId("tpl_1", anna),
      templateBudgetId("tpl_2", ann),
    ];
    expect(new Set(ids).size).toBe(3);
  });
});
