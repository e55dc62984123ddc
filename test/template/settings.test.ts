import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Node, RootConstruct } from "constructs";
import { afterAll, describe, expect, it } from "vitest";
import { readSettings } from "../../lib/read-settings.ts";
import { parseSettings, SettingsError } from "../../lib/settings.ts";

const directory = mkdtempSync(join(tmpdir(), "ai-usage-settings-"));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

function contextOf(settings?: unknown): Node {
  const { node } = new RootConstruct();
  if (settings !== undefined) node.setContext("settings", settings);
  return node;
}

function problemsOf(input: unknown): readonly string[] {
  try {
    parseSettings(input, { source: "test" });
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe("settings", () => {
  const defaults = {
    stage: "prod",
    retentionDays: 400,
    metricIndex: true,
    scopeMetadataKeys: ["department", "project", "cost_center"],
    budgets: [],
    budgetTemplates: [],
    approval: {},
    channelTargets: { topicArns: [], functionArns: [] },
    unpricedPolicy: "allow",
    logRetentionDays: 30,
    deletionProtection: true,
    removalPolicy: "retain",
  };

  it("have a default each", () => {
    expect(readSettings(contextOf(), {})).toEqual(defaults);
  });

  it("are an object in the context", () => {
    const given = { stage: "test", email: { from: "a@example.com", recipients: ["b@example.com"] } };
    expect(readSettings(contextOf(given), {})).toEqual({ ...defaults, ...given });
  });

  it("are a file that the context names", () => {
    const path = file("settings.json", '{"retentionDays": 90, "metricIndex": false}');
    expect(readSettings(contextOf(path), {})).toEqual({ ...defaults, retentionDays: 90, metricIndex: false });
  });

  it("say which file cannot be read", () => {
    const missing = join(directory, "missing.json");
    expect(() => readSettings(contextOf(missing), {})).toThrow(missing);
    const broken = file("broken.json", "{");
    expect(() => readSettings(contextOf(broken), {})).toThrow(`${broken} cannot be used`);
  });

  it("say where they come from, and report every wrong field at once", () => {
    const path = file("wrong.json", '{"retentionDays": 0, "metricIndex": "yes"}');
    expect(() => readSettings(contextOf(path), {})).toThrow(
      `settings file ${path} cannot be used:\n` +
        "  - retentionDays must be a whole number of days from 1 to 3650\n" +
        "  - metricIndex must be true or false",
    );
  });
});

describe("a wrong setting", () => {
  const email = { from: "a@example.com", recipients: ["b@example.com"] };
  const cases: [what: string, input: unknown, problem: string][] = [
    ["no object", [], "settings must be an object of settings"],
    [
      "an unknown field",
      { retentiondays: 3 },
      'settings has no field "retentiondays"; the fields are stage, retentionDays, metricIndex, scopeMetadataKeys, ' +
        "email, budgets, budgetTemplates, approval, dashboardUrl, channelTargets, unpricedPolicy, logRetentionDays, " +
        "deletionProtection, removalPolicy, alarmTopicArn",
    ],
    [
      "an unknown field of email",
      { email: { ...email, cc: [] } },
      'email has no field "cc"; the fields are from, recipients, cooldownMinutes, rateLimit',
    ],
    [
      "a stage in capitals",
      { stage: "Prod" },
      "stage must start with a letter and hold only a-z, 0-9 and - (at most 20 characters)",
    ],
    ["half a day", { retentionDays: 1.5 }, "retentionDays must be a whole number of days from 1 to 3650"],
    ["days as text", { retentionDays: "30" }, "retentionDays must be a whole number of days from 1 to 3650"],
    ["a flag as text", { metricIndex: "off" }, "metricIndex must be true or false"],
    [
      "a metadata key with a colon",
      { scopeMetadataKeys: ["a:b"] },
      "scopeMetadataKeys.0 must start with a letter and hold only a-z, 0-9 and _ (at most 32 characters)",
    ],
    [
      "a metadata key that is a scope already",
      { scopeMetadataKeys: ["department", "team"] },
      "scopeMetadataKeys.1 must not be one of the built-in scopes: global, service, model, user, team, job, feature, environment",
    ],
    [
      "a metadata key twice",
      { scopeMetadataKeys: ["a", "a"] },
      "scopeMetadataKeys must not name a key twice",
    ],
    [
      "eleven metadata keys",
      { scopeMetadataKeys: [..."abcdefghijk"] },
      "scopeMetadataKeys must hold at most 10 keys: each one adds totals to every write",
    ],
    [
      "a sender without a domain",
      { email: { ...email, from: "alerts" } },
      "email.from must be an e-mail address, such as alerts@example.com",
    ],
    [
      "no recipient",
      { email: { ...email, recipients: [] } },
      "email.recipients must name at least one address",
    ],
    [
      "one recipient outside a list",
      { email: { ...email, recipients: "b@example.com" } },
      "email.recipients must be a list of e-mail addresses",
    ],
    [
      "a log retention that CloudWatch does not offer",
      { logRetentionDays: 31 },
      "logRetentionDays must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, " +
        "2192, 2557, 2922, 3288, 3653",
    ],
    [
      "an unknown removal policy",
      { removalPolicy: "delete", deletionProtection: false },
      'removalPolicy must be "retain" or "destroy"',
    ],
    [
      "destruction of a protected table",
      { removalPolicy: "destroy" },
      'deletionProtection must be false when removalPolicy is "destroy": a protected table cannot be destroyed',
    ],
    [
      "a topic's name for its ARN",
      { alarmTopicArn: "operations" },
      "alarmTopicArn must be the ARN of an SNS topic, such as arn:aws:sns:eu-central-1:111122223333:operations",
    ],
    ["one budget outside a list", { budgets: { scope: "global:all" } }, "budgets must be a list of objects"],
    ["a budget that is text", { budgets: ["global:all"] }, "budgets.0 must be an object of terms"],
    [
      "an approval from nothing on",
      { approval: { aboveAmount: 0 } },
      "approval.aboveAmount must be an amount above 0, such as 500",
    ],
    [
      "an approval of what is no raise",
      { approval: { aboveRatio: "1" } },
      "approval.aboveRatio must be a number above 1, such as 1.5",
    ],
    [
      "a web address without a protocol",
      { dashboardUrl: "ai-usage.example.com" },
      "dashboardUrl must be a web address, such as https://ai-usage.example.com",
    ],
    [
      "a program for a web address",
      { dashboardUrl: "javascript:alert(1)" },
      "dashboardUrl must be a web address, such as https://ai-usage.example.com",
    ],
    [
      "a queue for a topic",
      { channelTargets: { topicArns: ["arn:aws:sqs:eu-central-1:111122223333:alerts"] } },
      "channelTargets.topicArns.0 must be the ARN of an SNS topic, such as " +
        "arn:aws:sns:eu-central-1:111122223333:operations",
    ],
    [
      "a function's name for its ARN",
      { channelTargets: { functionArns: ["tell"] } },
      "channelTargets.functionArns.0 must be the ARN of a Lambda function, such as " +
        "arn:aws:lambda:eu-central-1:111122223333:function:tell",
    ],
    [
      "half a minute between mails",
      { email: { ...email, cooldownMinutes: 0.5 } },
      "email.cooldownMinutes must be a whole number of minutes, at most 10080",
    ],
    [
      "a rate of no mails",
      { email: { ...email, rateLimit: { messages: 0, perMinutes: 60 } } },
      "email.rateLimit.messages must be a whole number from 1 to 1000",
    ],
    [
      "an unknown policy",
      { unpricedPolicy: "guess" },
      'unpricedPolicy must be "allow", "estimate" or "block"',
    ],
  ];

  it.each(cases)("is refused with its name and what it may be: %s", (_, input, problem) => {
    expect(problemsOf(input)).toEqual([problem]);
  });
});
