import { parseInstant } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { parseNewTemplate, toWireTemplate } from "./budget-template-wire.ts";
import { errorsOf } from "./errors-fixture.ts";

const now = parseInstant("2026-11-22T12:00:00Z");
const templateOf = (change: object = {}) =>
  parseNewTemplate(
    { pattern: "user:*", amount: 5, period: "daily", ...change },
    { newId: "tpl_1", now, by: "token_1" },
  );

describe("template of a request", () => {
  it("has all that a budget has but the scope, and names each after its scope", () => {
    expect(toWireTemplate(templateOf())).toMatchObject({
      template_id: "tpl_1",
      pattern: "user:*",
      name: "{scope} daily",
      unit: "usd",
      amount: "5",
      period: "daily",
      enforcement: "soft",
      active: true,
      created_at: now,
      created_by: "token_1",
    });
    expect(templateOf({ name: "{value} a day" }).terms.name).toBe("{value} a day");
  });

  it("has the id that its manager and key make", () => {
    const managed = { managed_by: "code:main", managed_key: "users" };
    expect(templateOf(managed).templateId).toBe(templateOf({ ...managed, amount: 7 }).templateId);
    expect(templateOf(managed).templateId).not.toBe("tpl_1");
  });

  it.each(["user:*", "team:eu-*", "department:*"])("may be for %s", (pattern) => {
    expect(templateOf({ pattern }).pattern).toBe(pattern);
  });

  it.each(["*", "user:", "user:jo", "user", "global:*", "User:*", "team:a#*", "", 5])(
    "is not for %j",
    (pattern) => {
      expect(errorsOf(() => templateOf({ pattern })).map(({ field }) => field)).toEqual(["pattern"]);
    },
  );

  it.each<[object, string]>([
    [{ scope: "user:jo" }, "scope"],
    [{ period: "minutely" }, "enforcement"],
    [{ unit: "tokens", amount: "0.5" }, "amount"],
    [{ managed_by: "code:main" }, "managed_key"],
  ])("%j is refused by the name of the field", (change, field) => {
    expect(errorsOf(() => templateOf(change)).map((error) => error.field)).toEqual([field]);
  });
});
