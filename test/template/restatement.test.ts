import { describe, expect, it } from "vitest";
import { functionNamed, resourcesOf } from "./reading.ts";
import { template } from "./synthesized.ts";

describe("restating", () => {
  const [restateId, restate] = functionNamed(template(), "restate");

  it("has as long as a function may take, and leaves what it does not finish to the next sweep", () => {
    expect(restate.Properties.Timeout).toBe(900);
    const [config] = resourcesOf(template(), "AWS::Lambda::EventInvokeConfig").filter(
      ({ Properties }) => Properties.FunctionName?.Ref === restateId,
    );
    expect(config?.Properties.MaximumRetryAttempts).toBe(0);
  });

  it("is swept for every five minutes", () => {
    const rules = resourcesOf(template(), "AWS::Events::Rule").filter(
      ({ Properties }) => Properties.Targets[0].Arn["Fn::GetAtt"][0] === restateId,
    );
    expect(rules.map(({ Properties }) => Properties.ScheduleExpression)).toEqual(["rate(5 minutes)"]);
  });

  it("is begun by the API, which knows whom to call", () => {
    const [, api] = functionNamed(template(), "api");
    expect(api.Properties.Environment.Variables.RESTATE_FUNCTION_NAME).toEqual({ Ref: restateId });
  });
});
