import { type App, Validations } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import { describe, expect, it } from "vitest";
import { mailSettings, newStack } from "./synthesized.ts";

interface Acknowledgement {
  readonly rule: string;
  readonly path: string;
  readonly reason: string;
}

/** Every finding that somebody gave a reason for, where it stands in the tree. */
function acknowledgementsIn(app: App): Acknowledgement[] {
  return app.node.findAll().flatMap((construct) =>
    construct.node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries<string>(data))
      .map(([rule, reason]) => ({
        rule: rule.replace(/^annotation::/i, ""),
        path: construct.node.path.replace("ai-usage-prod/AIUsage/", ""),
        reason,
      })),
  );
}

const secretsOfChannels =
  "Resource::arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:" +
  "aiusageprod-AIUsage-Channels-EE80A2F1/*";

describe("the AWS Solutions rule pack", () => {
  const app = newStack(mailSettings).node.root as App;

  it("finds nothing that is not explained", () => {
    expect(new AwsSolutionsChecks().validateScope(app)).toEqual({ success: true, violations: [] });
  });

  it("is answered with a reason in these places only", () => {
    const acknowledged = acknowledgementsIn(app);
    expect(acknowledged.map(({ rule, path }) => `${rule} ${path}`).toSorted()).toEqual([
      "AwsSolutions-APIG4 HttpApi/Api/GET--health",
      "AwsSolutions-APIG4 HttpApi/Api/GET--openapi.json",
      "AwsSolutions-IAM5[Resource::*] Alerting/NotifyFunctionRole",
      "AwsSolutions-IAM5[Resource::*] BudgetWatch/FunctionRole",
      "AwsSolutions-IAM5[Resource::*] Budgets/FunctionRole",
      "AwsSolutions-IAM5[Resource::*] FirstToken/FunctionRole",
      "AwsSolutions-IAM5[Resource::*] HttpApi/ApiFunctionRole",
      "AwsSolutions-IAM5[Resource::*] HttpApi/AuthorizerFunctionRole",
      "AwsSolutions-IAM5[Resource::*] Ingest/FunctionRole",
      "AwsSolutions-IAM5[Resource::*] Restatement/FunctionRole",
      "AwsSolutions-IAM5[Resource::*] Rollup/FunctionRole",
      `AwsSolutions-IAM5[${secretsOfChannels}] Alerting/NotifyFunctionRole`,
      `AwsSolutions-IAM5[${secretsOfChannels}] HttpApi/ApiFunctionRole`,
      "AwsSolutions-SMG4 FirstToken/Secret",
      "AwsSolutions-SQS3 Alerting/Undelivered",
      "AwsSolutions-SQS3 BudgetWatch/Stream/FailedRecords",
      "AwsSolutions-SQS3 Rollup/Stream/FailedRecords",
    ]);
    for (const { reason } of acknowledged) expect(reason).toMatch(/^[A-Z].{20,}\.$/);
  });
});
