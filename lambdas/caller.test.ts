import { type Caller, parseScope } from "@ai-usage/core";
import { ProblemError } from "@ai-usage/wire";
import { describe, expect, it } from "vitest";
import { fromAuthorizerContext, requireRole, toAuthorizerContext } from "./caller.ts";

const unlimited: Caller = { tokenId: "t1", roles: ["ingest", "read"] };
const limited: Caller = {
  tokenId: "t2",
  roles: ["read"],
  scopes: [parseScope("team:a,b"), parseScope('team:"c"')],
};

describe("caller", () => {
  it.each([unlimited, limited])("goes through API Gateway, which passes flat text only", (caller) => {
    const context = toAuthorizerContext(caller);
    for (const value of Object.values(context)) expect(typeof value).toBe("string");
    expect(fromAuthorizerContext(context)).toEqual(caller);
  });

  it("is nobody without what the authorizer found", () => {
    expect(() => fromAuthorizerContext(undefined)).toThrow();
    expect(() => fromAuthorizerContext({ token_id: "t", roles: '["owner"]' })).toThrow();
  });

  it("lacks a role with 403, and the role's name", () => {
    expect(() => requireRole(unlimited, "ingest")).not.toThrow();
    try {
      requireRole(limited, "admin");
      expect.unreachable();
    } catch (error) {
      expect(error instanceof ProblemError && error.problem).toMatchObject({
        status: 403,
        detail: expect.stringContaining("admin"),
      });
    }
  });
});
