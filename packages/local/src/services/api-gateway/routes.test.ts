import { describe, expect, it } from "vitest";
import { matchRoute } from "./routes.ts";

const keys = [
  "ANY /{proxy+}",
  "POST /ai_usage",
  "GET /health",
  "GET /budgets/{id}",
  "ANY /budgets/{id}",
  "GET /budgets/all",
];
const match = (method: string, path: string, routeKeys = keys) => {
  const found = matchRoute(
    routeKeys.map((routeKey) => ({ routeKey })),
    method,
    path,
  );
  return found && [found.route.routeKey, found.pathParameters];
};

describe("routes", () => {
  it("prefers text to a parameter and a parameter to a greedy one", () => {
    expect(match("POST", "/ai_usage")).toEqual(["POST /ai_usage", {}]);
    expect(match("GET", "/budgets/all")).toEqual(["GET /budgets/all", {}]);
    expect(match("GET", "/budgets/b1")).toEqual(["GET /budgets/{id}", { id: "b1" }]);
    expect(match("GET", "/budgets/b1/status")).toEqual(["ANY /{proxy+}", { proxy: "budgets/b1/status" }]);
  });

  it("prefers a named method to ANY", () => {
    expect(match("DELETE", "/budgets/b1")).toEqual(["ANY /budgets/{id}", { id: "b1" }]);
    expect(match("GET", "/ai_usage")).toEqual(["ANY /{proxy+}", { proxy: "ai_usage" }]);
  });

  it("leaves the root to $default", () => {
    expect(match("GET", "/")).toBeUndefined();
    expect(match("GET", "/", [...keys, "$default"])).toEqual(["$default", {}]);
  });

  it("does not take a longer path for a shorter route", () => {
    expect(match("GET", "/health/x", ["GET /health"])).toBeUndefined();
    expect(match("GET", "/health/", ["GET /health"])).toBeUndefined();
  });
});
