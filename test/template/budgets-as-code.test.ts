import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Topic } from "aws-cdk-lib/aws-sns";
import { describe, expect, it } from "vitest";
import { AIUsage } from "../../lib/ai-usage.ts";
import type { SettingsInput } from "../../lib/settings.ts";
import { allowedTo, functionNamed, type Part } from "./reading.ts";
import { newApp, synthesize, template } from "./synthesized.ts";

const budgets = [{ key: "growth", scope: "team:growth", amount: "500", period: "monthly" }];
const budgetTemplates = [{ pattern: "user:*", amount: 50, period: "daily" }];

function resourceOf(of: Template): Part {
  const [resource] = Object.values(of.findResources("Custom::AIUsageBudgets"));
  return resource?.Properties;
}

describe("budgets as code", () => {
  it("are handed to the function that makes them, as the settings have them", () => {
    const made = synthesize({ budgets, budgetTemplates });
    const { ServiceToken, Budgets } = resourceOf(made);
    expect(ServiceToken).toEqual({ "Fn::GetAtt": [functionNamed(made, "apply-budgets")[0], "Arn"] });
    expect(JSON.parse(Budgets)).toEqual({ budgets, templates: budgetTemplates });
  });

  it("are applied where there are none, too: those of an earlier deployment end", () => {
    expect(JSON.parse(resourceOf(template()).Budgets)).toEqual({ budgets: [], templates: [] });
  });

  const wrong: [what: string, input: SettingsInput, problems: string][] = [
    [
      "an unknown enforcement",
      { budgets: [{ ...budgets[0], enforcement: "strict" }] },
      "  - budgets.0.enforcement must be one of soft, hard, shadow",
    ],
    [
      "an unknown field, and an amount of a template",
      {
        budgets: [{ ...budgets[0], limit: 5 }],
        budgetTemplates: [{ ...budgetTemplates[0], amount: "much" }],
      },
      "  - budgets.0.limit is not a field that is known here\n" +
        "  - budgetTemplates.0.amount must be a plain decimal number",
    ],
    [
      "terms that do not go together",
      { budgets: [{ ...budgets[0], period: "hourly", rollover: {} }] },
      "  - budgets.0.rollover does not go with a hourly budget",
    ],
    ["a key twice", { budgets: [budgets[0] ?? {}, budgets[0] ?? {}] }, '"growth" is taken'],
  ];

  it.each(wrong)("stop the synthesis where they are wrong: %s", (_, input, problems) => {
    expect(() => synthesize(input)).toThrow("the budgets of the settings cannot be used");
    expect(() => synthesize(input)).toThrow(problems);
  });
});

describe("the construct", () => {
  it("takes topics of its own app as targets of channels", () => {
    const stack = new Stack(newApp(), "with-topic");
    const topic = new Topic(stack, "Told");
    new AIUsage(stack, "AIUsage", { channelTargets: { topicArns: [topic.topicArn] } });
    const theirs = Template.fromStack(stack);
    const [topicId] = Object.keys(theirs.findResources("AWS::SNS::Topic"));
    expect(allowedTo(theirs, "notify")).toContainEqual({
      actions: ["sns:Publish"],
      resources: ["AWS::SNS::Topic"],
    });
    expect(functionNamed(theirs, "api")[1].Properties.Environment.Variables.CHANNEL_TOPIC_ARNS).toEqual({
      Ref: topicId,
    });
  });
});

describe("the API function", () => {
  const variablesOf = (of: Template): Part => functionNamed(of, "api")[1].Properties.Environment.Variables;

  it("knows which increases take a second person", () => {
    const approval = { aboveAmount: 500, aboveRatio: "1.5" };
    expect(variablesOf(synthesize({ approval }))).toMatchObject({
      BUDGET_APPROVAL_ABOVE_AMOUNT: "500",
      BUDGET_APPROVAL_ABOVE_RATIO: "1.5",
    });
    expect(variablesOf(template())).toMatchObject({
      BUDGET_APPROVAL_ABOVE_AMOUNT: "",
      BUDGET_APPROVAL_ABOVE_RATIO: "",
    });
  });

  it("knows who sends, and puts secrets where nobody else's are", () => {
    const { NOTIFY_FUNCTION_NAME, CHANNEL_SECRET_PREFIX } = variablesOf(template());
    expect(NOTIFY_FUNCTION_NAME).toEqual({ Ref: functionNamed(template(), "notify")[0] });
    const stack = new Stack(newApp(), "both");
    const prefixes = ["One", "Other"].map((id) => {
      new AIUsage(stack, id);
      return id;
    });
    const both = Template.fromStack(stack);
    const found = Object.values(both.findResources("AWS::Lambda::Function")).flatMap(
      (fn) => fn.Properties.Environment.Variables.CHANNEL_SECRET_PREFIX ?? [],
    );
    expect(new Set([...found, CHANNEL_SECRET_PREFIX]).size).toBe(prefixes.length + 1);
  });
});
