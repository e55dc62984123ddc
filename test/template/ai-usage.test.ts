import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Stack, Stage } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { describe, expect, it } from "vitest";
import { AIUsage } from "../../lib/ai-usage.ts";
import { functionNamed, resourcesOf } from "./reading.ts";
import { newApp, newStack, synthesize, template } from "./synthesized.ts";

describe("the stack", () => {
  it("puts out what its users and operators have to know", () => {
    expect(Object.keys(template().toJSON().Outputs)).toEqual([
      "ApiUrl",
      "TableName",
      "IngestFunctionName",
      "EventBusName",
      "AdminTokenSecretArn",
      "FailedRecordsQueueUrl",
      "FailedTotalsQueueUrl",
      "UndeliveredAlertsQueueUrl",
    ]);
  });

  it("makes the first admin token and keeps it as a secret", () => {
    const [functionId, fn] = functionNamed(template(), "first-token");
    template().hasResourceProperties("Custom::AIUsageFirstToken", {
      ServiceToken: { "Fn::GetAtt": [functionId, "Arn"] },
    });
    const [secret] = Object.keys(template().findResources("AWS::SecretsManager::Secret"));
    expect(fn.Properties.Environment.Variables.ADMIN_TOKEN_SECRET_ARN).toEqual({ Ref: secret });
  });

  it("tells functions what the settings say", () => {
    expect(functionNamed(template(), "ingest")[1].Properties.Environment.Variables).toMatchObject({
      RETENTION_DAYS: "400",
      METRIC_INDEX: "on",
      SCOPE_METADATA_KEYS: "department,project,cost_center",
      PRICE_REFRESH_SECONDS: "20",
    });
    expect(functionNamed(template(), "api")[1].Properties.Environment.Variables).toMatchObject({
      RETENTION_DAYS: "400",
      SCOPE_METADATA_KEYS: "department,project,cost_center",
      UNPRICED_POLICY: "allow",
      PRICE_REFRESH_SECONDS: "20",
    });
    const changed = synthesize({ metricIndex: false, unpricedPolicy: "block" });
    const variables = (name: string) => functionNamed(changed, name)[1].Properties.Environment.Variables;
    expect([variables("ingest").METRIC_INDEX, variables("api").UNPRICED_POLICY]).toEqual(["off", "block"]);
  });

  it("ships its functions as modules that can require what their dependencies do", () => {
    const stack = newStack();
    const [, ingest] = functionNamed(Template.fromStack(stack), "ingest");
    const asset = `asset.${ingest.Properties.Code.S3Key.replace(".zip", "")}`;
    const bundle = join(Stage.of(stack)?.outdir ?? "", asset);
    expect(readFileSync(join(bundle, "index.mjs"), "utf8")).toContain("createRequire");
  });
});

describe("the construct", () => {
  const stack = new Stack(newApp(), "somebody-elses");
  const usage = new AIUsage(stack, "Metering", { retentionDays: 90 });
  const sender = new LambdaFunction(stack, "Sender", {
    runtime: Runtime.NODEJS_24_X,
    handler: "index.handler",
    code: Code.fromInline("export const handler = async () => {};"),
  });
  usage.grantIngest(sender);
  const theirs = Template.fromStack(stack);
  const [ingestId] = functionNamed(theirs, "ingest");

  it("stands in another stack, beside other things", () => {
    expect(resourcesOf(theirs, "AWS::Lambda::Function")).toHaveLength(10);
    expect(functionNamed(theirs, "api")[1].Properties.Environment.Variables.RETENTION_DAYS).toBe("90");
  });

  it("lets a function of that stack send metrics, and do nothing else", () => {
    theirs.hasResourceProperties("AWS::IAM::Policy", {
      PolicyName: Match.stringLikeRegexp("^SenderServiceRoleDefaultPolicy"),
      PolicyDocument: {
        Statement: [
          {
            Effect: "Allow",
            Action: "lambda:InvokeFunction",
            Resource: { "Fn::GetAtt": [ingestId, "Arn"] },
          },
        ],
      },
    });
    theirs.hasResourceProperties("AWS::Lambda::Function", {
      Environment: { Variables: { AI_USAGE_INGEST_FUNCTION: { Ref: ingestId } } },
    });
  });

  it("can stand twice in one stack", () => {
    const both = new Stack(newApp(), "both");
    new AIUsage(both, "One");
    new AIUsage(both, "Other");
    Template.fromStack(both).resourceCountIs("AWS::DynamoDB::Table", 2);
  });

  it("refuses a prop that it cannot use", () => {
    expect(() => new AIUsage(new Stack(newApp(), "wrong"), "AIUsage", { retentionDays: 0 })).toThrow(
      'AIUsage "wrong/AIUsage" cannot be used:\n  - retentionDays must be a whole number of days from 1 to 3650',
    );
  });
});
