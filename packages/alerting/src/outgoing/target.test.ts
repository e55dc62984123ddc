import { describe, expect, it } from "vitest";
import { webhookProblem } from "./target.ts";

describe("address of a webhook", () => {
  it.each([
    "https://hooks.example.com/alerts?team=growth",
    "https://hooks.example.com:443/",
    "https://8.8.8.8/",
    "https://[2606:4700:4700::1111]/",
  ])("may be %s", (url) => {
    expect(webhookProblem(url)).toBeUndefined();
  });

  it.each([
    ["hooks.example.com", /must be an address/],
    ["ftp://hooks.example.com/", /https/],
    ["http://hooks.example.com/", /https/],
    ["https://user:secret@hooks.example.com/", /user name/],
    ["https://token@hooks.example.com/", /user name/],
    ["https://hooks.example.com/#part", /#/],
    ["https://hooks.example.com:8443/", /port 443/],
    ["https://localhost/", /this machine/],
    ["https://api.LOCALHOST./", /this machine/],
    ["https://intranet/", /in full/],
    ["https://127.0.0.1/", /public/],
    ["https://127.1/", /public/],
    ["https://0x7f000001/", /public/],
    ["https://2130706433/", /public/],
    ["https://0177.0.0.1/", /public/],
    ["https://169.254.169.254/latest/meta-data", /public/],
    ["https://[::1]/", /public/],
    ["https://[::ffff:10.0.0.1]/", /public/],
    ["https://[fd00:ec2::254]/", /public/],
    [`https://hooks.example.com/${"x".repeat(2048)}`, /at most/],
  ])("may not be %s", (url, problem) => {
    expect(webhookProblem(url)).toMatch(problem);
  });

  it("does not repeat what it refuses", () => {
    expect(webhookProblem("https://user:secret@localhost/key")).not.toMatch(/secret|key|localhost/);
  });

  it("may use other ports where they are set", () => {
    expect(webhookProblem("https://hooks.example.com:8443/", { ports: [443, 8443] })).toBeUndefined();
    expect(webhookProblem("https://hooks.example.com:8444/", { ports: [443, 8443] })).toBe(
      "must use port 443 or 8443",
    );
  });

  it("may be one's own where host and port are allowed, and nothing beside it", () => {
    const allow = ["127.0.0.1:8443", "[::1]:8443", "hooks.internal:443"];
    for (const url of ["https://127.0.0.1:8443/x", "https://[::1]:8443/", "https://hooks.internal/"]) {
      expect(webhookProblem(url, { allow }), url).toBeUndefined();
    }
    for (const url of [
      "https://127.0.0.1/",
      "https://127.0.0.1:8444/",
      "http://127.0.0.1:8443/",
      "https://localhost:8443/",
    ]) {
      expect(webhookProblem(url, { allow }), url).toBeDefined();
    }
    expect(webhookProblem("https://a:b@127.0.0.1:8443/", { allow })).toMatch(/user name/);
  });

  it("goes without encryption only where that is allowed in so many words", () => {
    expect(webhookProblem("http://127.0.0.1:9000/", { allow: ["http://127.0.0.1:9000"] })).toBeUndefined();
    expect(webhookProblem("http://127.0.0.1:9000/", { allow: ["127.0.0.1:9000"] })).toBeDefined();
  });
});
