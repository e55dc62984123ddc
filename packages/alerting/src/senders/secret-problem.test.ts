import { describe, expect, it } from "vitest";
import { channelSecretProblem } from "./secret-problem.ts";

describe("secret of a channel", () => {
  it.each([
    ["slack", "https://hooks.slack.com/services/T0/B0/abc"],
    ["slack", "https://hooks.slack-gov.com/services/T0/B0/abc"],
    [
      "teams",
      "https://prod-12.westeurope.logic.azure.com:443/workflows/1/triggers/manual/paths/invoke?sig=abc",
    ],
    ["webhook", "whsec_0123456789abcdef"],
    ["pagerduty", "0123456789abcdef0123456789abcdef"],
  ] as const)("of kind %s may be %s", (kind, secret) => {
    expect(channelSecretProblem(kind, secret)).toBeUndefined();
  });

  it.each([
    ["slack", "https://hooks.example.com/services/T0/B0/secret"],
    ["slack", "xoxb-secret"],
    ["teams", "http://prod-12.westeurope.logic.azure.com/secret"],
    ["teams", "https://169.254.169.254/secret"],
    ["webhook", "secret"],
    ["webhook", "secret with a space in it"],
    ["webhook", "secret".repeat(60)],
    ["pagerduty", "secret"],
    ["email", "secret-secret-secret"],
    ["sns", "secret-secret-secret"],
    ["function", "secret-secret-secret"],
  ] as const)("of kind %s may not be %s, which is not repeated", (kind, secret) => {
    const problem = channelSecretProblem(kind, secret);
    expect(problem).toMatch(/^(must|is) /);
    expect(problem).not.toContain("secret");
  });

  it("may be a webhook of Slack elsewhere where that is set or allowed", () => {
    expect(
      channelSecretProblem("slack", "https://slack.example.com/x", { slackHosts: ["slack.example.com"] }),
    ).toBeUndefined();
    expect(
      channelSecretProblem("slack", "https://127.0.0.1:8443/x", { allow: ["127.0.0.1:8443"] }),
    ).toBeUndefined();
  });
});
