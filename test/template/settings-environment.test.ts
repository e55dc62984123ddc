import { describe, expect, it } from "vitest";
import { parseSettings, SettingsError, type SettingsInput } from "../../lib/settings.ts";
import { type AppEnvironment, withEnvironment } from "../../lib/settings-environment.ts";

const read = (environment: AppEnvironment, input: SettingsInput = {}) =>
  withEnvironment(parseSettings(input, { source: "test" }), environment);

function problemsOf(environment: AppEnvironment): readonly string[] {
  try {
    read(environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

const mail = {
  ENABLE_EMAIL_ALERTS: "true",
  EMAIL_FROM_ADDRESS: "alerts@example.com",
  EMAIL_ALERT_RECIPIENTS: "finance@example.com, platform@example.com",
};

describe("the environment", () => {
  it("changes nothing where it says nothing", () => {
    expect(read({ PATH: "/bin", DAILY_COST_LIMIT: "" })).toEqual(parseSettings({}, { source: "test" }));
  });

  it("gives every user a budget of its own", () => {
    const { budgetTemplates } = read({
      DEFAULT_DAILY_BUDGET: "100.00",
      DEFAULT_WEEKLY_BUDGET: "500",
      DEFAULT_MONTHLY_BUDGET: "2000",
    });
    expect(budgetTemplates).toEqual([
      { key: "default-daily", pattern: "user:*", period: "daily", amount: "100.00" },
      { key: "default-weekly", pattern: "user:*", period: "weekly", amount: "500" },
      { key: "default-monthly", pattern: "user:*", period: "monthly", amount: "2000" },
    ]);
  });

  it.each([
    ["warns of limits", undefined, "soft"],
    ["warns of limits", "false", "soft"],
    ["holds calls back at limits when it is to", "true", "hard"],
  ])("%s (ENABLE_BUDGET_ENFORCEMENT=%s)", (_, ENABLE_BUDGET_ENFORCEMENT, enforcement) => {
    const limits = { DAILY_COST_LIMIT: "100.00", MONTHLY_COST_LIMIT: "2500.00" };
    expect(read({ ...limits, ENABLE_BUDGET_ENFORCEMENT }).budgets).toEqual([
      { key: "daily-cost-limit", scope: "global:all", period: "daily", amount: "100.00", enforcement },
      { key: "monthly-cost-limit", scope: "global:all", period: "monthly", amount: "2500.00", enforcement },
    ]);
  });

  it("stands beside the budgets of the settings, which win where they have the same key", () => {
    const own = { key: "daily-cost-limit", scope: "global:all", period: "daily", amount: "7" };
    const other = { scope: "team:growth", period: "daily", amount: "7" };
    const { budgets } = read(
      { DAILY_COST_LIMIT: "100", MONTHLY_COST_LIMIT: "900" },
      { budgets: [own, other] },
    );
    expect(budgets).toEqual([expect.objectContaining({ key: "monthly-cost-limit" }), own, other]);
  });

  it("has mail sent, at a pace", () => {
    const pace = { ALERT_COOLDOWN_MINUTES: "60", ALERT_RATE_LIMIT_MINUTES: "30" };
    expect(read({ ...mail, ...pace }).email).toEqual({
      from: "alerts@example.com",
      recipients: ["finance@example.com", "platform@example.com"],
      cooldownMinutes: 60,
      rateLimit: { messages: 1, perMinutes: 30 },
    });
    expect(read({ ...mail, ENABLE_EMAIL_ALERTS: "false" }).email).toBeUndefined();
    expect(read({ ...mail, ENABLE_EMAIL_ALERTS: undefined }).email).toBeUndefined();
  });

  it("leaves what the settings say of mail as it is", () => {
    const email = { from: "a@example.com", recipients: ["b@example.com"], cooldownMinutes: 5 };
    const variables = { ...mail, ALERT_COOLDOWN_MINUTES: "60", ALERT_RATE_LIMIT_MINUTES: "30" };
    expect(read(variables, { email }).email).toEqual({
      ...email,
      rateLimit: { messages: 1, perMinutes: 30 },
    });
  });

  const wrong: [what: string, environment: AppEnvironment, problems: string[]][] = [
    [
      "an amount with a sign for dollars",
      { DAILY_COST_LIMIT: "$100" },
      ["DAILY_COST_LIMIT must be an amount in US dollars above 0, such as 100.00"],
    ],
    [
      "an amount of nothing",
      { DEFAULT_DAILY_BUDGET: "0.00" },
      ["DEFAULT_DAILY_BUDGET must be an amount in US dollars above 0, such as 100.00"],
    ],
    [
      "several at once",
      { ENABLE_BUDGET_ENFORCEMENT: "yes", ALERT_COOLDOWN_MINUTES: "1h" },
      [
        "ENABLE_BUDGET_ENFORCEMENT must be true or false",
        "ALERT_COOLDOWN_MINUTES must be a whole number of minutes, such as 60",
      ],
    ],
    [
      "mail from nobody",
      { ...mail, EMAIL_FROM_ADDRESS: undefined },
      ["EMAIL_FROM_ADDRESS must be set when ENABLE_EMAIL_ALERTS is true"],
    ],
    [
      "a recipient that is no address",
      { ...mail, EMAIL_ALERT_RECIPIENTS: "finance@example.com,platform" },
      ["EMAIL_ALERT_RECIPIENTS.1 must be an e-mail address, such as alerts@example.com"],
    ],
  ];

  it.each(wrong)("is refused with the names of its variables: %s", (_, environment, problems) => {
    expect(problemsOf(environment)).toEqual(problems);
  });

  it("must not bring a secret into the template, says what to do instead and does not repeat it", () => {
    const SLACK_WEBHOOK_URL = "https://hooks.slack.com/services/T0/B0/xyz";
    const [problem, ...others] = problemsOf({ SLACK_WEBHOOK_URL });
    expect(problem).toMatch(
      /^SLACK_WEBHOOK_URL is a secret .*`ai-usage channels add slack --name NAME --secret-env SLACK_WEBHOOK_URL`/,
    );
    expect(problem).not.toContain("hooks.slack.com");
    expect(others).toEqual([]);
    expect(problemsOf({ SLACK_WEBHOOK_URL, ENABLE_SLACK_ALERTS: "true" })).toHaveLength(1);
    expect(problemsOf({ SLACK_WEBHOOK_URL, ENABLE_SLACK_ALERTS: "false" })).toEqual([]);
  });
});
