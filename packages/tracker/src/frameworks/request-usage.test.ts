import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ExactSum } from "./exact-sum.ts";
import { RequestUsage } from "./request-usage.ts";
import { routeName, routeNameOfPath } from "./route-name.ts";

const metric = { request_id: "r", service: "openai", operation: "chat", timestamp: "2026-11-25T10:00:00Z" };

describe("an exact sum", () => {
  it("is what counting in the smallest part comes to", () => {
    const amount = fc.record({ whole: fc.bigInt(0n, 10n ** 9n), part: fc.bigInt(0n, 10n ** 12n - 1n) });
    fc.assert(
      fc.property(fc.array(amount), (amounts) => {
        const sum = new ExactSum();
        for (const { whole, part } of amounts) sum.add(`${whole}.${String(part).padStart(12, "0")}`);
        const all = amounts.reduce((total, { whole, part }) => total + whole * 10n ** 12n + part, 0n);
        const [whole = "", fraction = ""] = sum.toString().split(".");
        expect(BigInt(whole + fraction.padEnd(12, "0"))).toBe(all);
        expect(fraction).not.toMatch(/0$/);
      }),
    );
  });

  it.each(["", "-1", "1e-7", "NaN", ".5", "1.", "0x1", " 1"])("does not take %j for an amount", (text) => {
    const sum = new ExactSum();
    sum.add("0.1");
    expect(sum.add(text)).toBe(false);
    expect(sum.toString()).toBe("0.1");
  });
});

describe("usage of a request", () => {
  it("takes the provider's own cost where it tells one, and nothing for a call that failed unused", () => {
    const usage = new RequestUsage();
    usage.add({ ...metric, usage: { input: 5 }, cost_usd: "0.00012" });
    usage.add({ ...metric, error: "RateLimitError" });
    expect(usage.headers).toMatchObject({ "x-ai-usage-calls": "2", "x-ai-usage-cost-usd": "0.00012" });
  });

  it("counts all tokens of a side, those of models that ran inside of a call too", () => {
    const usage = new RequestUsage();
    const also_used = [{ model: "gpt-4o-mini", usage: { input: 1000, output: 1 } }];
    usage.add({
      ...metric,
      usage: { input: 1, cache_read: 10, output: 100, reasoning: 1000, search: 3 },
      also_used,
    });
    expect(usage.sum).toEqual({ calls: 1, failed: 0, inputTokens: 1011, outputTokens: 1101 });
  });
});

describe("a feature's name", () => {
  it.each([
    ["/", "/"],
    ["/chats/42?draft=1", "/chats/:id"],
    ["/users/7f9c24e8-3b1a-4d1c-9d5e-0f2b6c8a1e3d/notes", "/users/:id/notes"],
    ["/by/ada%40example.com", "/by/:id"],
    ["/files/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/files/:id"],
    ["/v1/translate", "/v1/translate"],
    ["/internationalisation/settings", "/internationalisation/settings"],
  ])("of the path %s is %s", (path, name) => {
    expect(routeNameOfPath(path)).toBe(name);
  });

  it.each([
    ["/chats/{id}", "/chats/:id"],
    ["/files/{proxy+}", "/files/:proxy"],
    ["/chats/:id", "/chats/:id"],
    ["", "/"],
  ])("of the route %j is %s", (route, name) => {
    expect(routeName(route)).toBe(name);
  });
});
