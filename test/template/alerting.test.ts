import { alertDetailTypes } from "@ai-usage/wire";
import { describe, expect, it } from "vitest";
import { functionNamed, type Part, readable, resourcesOf } from "./reading.ts";
import { synthesize, template } from "./synthesized.ts";

const environmentOf = (name: string, of = template()): Part =>
  functionNamed(of, name)[1].Properties.Environment.Variables;

describe("alerts", () => {
  const rule: Part = resourcesOf(template(), "AWS::Events::Rule")[0]?.Properties;

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
    expect(rule.Targets[0].Arn).toEqual({ "Fn::GetAtt": [functionNamed(template(), "notify")[0], "Arn"] });
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

  it("are mailed from the identity in the settings", () => {
    template().hasResourceProperties("AWS::SES::EmailIdentity", { EmailIdentity: "alerts@example.com" });
    expect(environmentOf("notify")).toMatchObject({
      ENABLE_EMAIL_ALERTS: "true",
      EMAIL_FROM_ADDRESS: "alerts@example.com",
      EMAIL_ALERT_RECIPIENTS: "finance@example.com,platform@example.com",
    });
  });

  it("are not mailed without settings for it", () => {
    const silent = synthesize();
    silent.resourceCountIs("AWS::SES::EmailIdentity", 0);
    expect(environmentOf("notify", silent).ENABLE_EMAIL_ALERTS).toBe("false");
  });
});
