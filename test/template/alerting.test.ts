import { CLAIM_MS } from "@ai-usage/core";
import { alertDetailTypes, notifyRequestSchema } from "@ai-usage/wire";
import { describe, expect, it } from "vitest";
import { GIVEN_UP } from "../../lambdas/notify/given-up.ts";
import { functionNamed, type Part, readable, resourcesOf } from "./reading.ts";
import { mailSettings, synthesize, template } from "./synthesized.ts";

const environmentOf = (name: string, of = template()): Part =>
  functionNamed(of, name)[1].Properties.Environment.Variables;

describe("alerts", () => {
  const rules = resourcesOf(template(), "AWS::Events::Rule").map((one): Part => one.Properties);
  const rule = rules.find(({ EventPattern }) => EventPattern !== undefined) ?? {};
  const notifyArn = { "Fn::GetAtt": [functionNamed(template(), "notify")[0], "Arn"] };

  it("are published on a bus that budget-watch knows", () => {
    expect(readable(template(), environmentOf("budget-watch").EVENT_BUS_NAME)).toBe("AWS::Events::EventBus");
    expect(readable(template(), rule.EventBusName)).toBe("AWS::Events::EventBus");
  });

  it("reach notify by their source and type", () => {
    expect(rule.EventPattern).toEqual({
      source: ["ai-usage"],
      "detail-type": Object.values(alertDetailTypes),
    });
    expect(rule.Targets).toHaveLength(1);
    expect(rule.Targets[0].Arn).toEqual(notifyArn);
  });

  it("are tried for a day and then kept, on the way to the function and inside it", () => {
    const [target] = rule.Targets;
    expect(target.RetryPolicy).toEqual({ MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 });
    expect(readable(template(), target.DeadLetterConfig.Arn)).toBe("AWS::SQS::Queue.Arn");
    template().hasResourceProperties("AWS::Lambda::EventInvokeConfig", {
      FunctionName: { Ref: functionNamed(template(), "notify")[0] },
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: target.DeadLetterConfig.Arn } },
    });
  });

  it("that wait are looked for every minute", () => {
    const sweep = rules.filter(({ Targets }) => Targets[0].Input !== undefined);
    expect(sweep).toMatchObject([
      {
        ScheduleExpression: "rate(1 minute)",
        Targets: [{ Arn: notifyArn, Input: JSON.stringify({ sweep: true }) }],
      },
    ]);
    expect(notifyRequestSchema.parse(JSON.parse(sweep[0]?.Targets[0].Input))).toEqual({ sweep: true });
  });

  it("are worked on by a function that is over before its claims lapse", () => {
    const { Timeout } = functionNamed(template(), "notify")[1].Properties;
    expect(Timeout * 1000).toBeLessThan(CLAIM_MS);
  });

  it("that are given up ring an alarm, by the line that the function logs", () => {
    const filters = resourcesOf(template(), "AWS::Logs::MetricFilter").map(({ Properties }) => Properties);
    expect(filters).toHaveLength(1);
    const { FilterPattern, MetricTransformations, LogGroupName } = filters[0];
    expect(FilterPattern).toBe(`{ $.message = "${GIVEN_UP}" }`);
    expect(LogGroupName).toEqual(functionNamed(template(), "notify")[1].Properties.LoggingConfig.LogGroup);
    const [{ MetricName, MetricNamespace, MetricValue }] = MetricTransformations;
    expect(MetricValue).toBe("1");
    template().hasResourceProperties("AWS::CloudWatch::Alarm", {
      Namespace: MetricNamespace,
      MetricName,
      Threshold: 1,
      Statistic: "Sum",
    });
  });

  it("are mailed from the identity in the settings", () => {
    template().hasResourceProperties("AWS::SES::EmailIdentity", { EmailIdentity: "alerts@example.com" });
    // The API shows and checks channels by the same.
    for (const name of ["notify", "api"])
      expect(environmentOf(name)).toMatchObject({
        ENABLE_EMAIL_ALERTS: "true",
        EMAIL_FROM_ADDRESS: "alerts@example.com",
        EMAIL_ALERT_RECIPIENTS: "finance@example.com,platform@example.com",
      });
  });

  it("are mailed no more often than the settings say", () => {
    const { email = { from: "", recipients: [] } } = mailSettings;
    const calm = { ...email, cooldownMinutes: 5, rateLimit: { messages: 3, perMinutes: 60 } };
    expect(environmentOf("notify", synthesize({ email: calm }))).toMatchObject({
      EMAIL_COOLDOWN_MINUTES: "5",
      EMAIL_RATE_LIMIT: "3/60",
    });
  });

  it("are not mailed without settings for it", () => {
    const silent = synthesize();
    silent.resourceCountIs("AWS::SES::EmailIdentity", 0);
    expect(environmentOf("notify", silent).ENABLE_EMAIL_ALERTS).toBe("false");
    expect(environmentOf("api", silent).ENABLE_EMAIL_ALERTS).toBe("false");
  });
});
