import { CustomResource, Duration, Validations } from "aws-cdk-lib";
import { Grant } from "aws-cdk-lib/aws-iam";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import type { UsageTable } from "./table.ts";
import { type FunctionDefaults, UsageFunction } from "./usage-function.ts";

export interface FirstTokenProps {
  readonly defaults: FunctionDefaults;
  readonly table: UsageTable;
}

/** The first admin token, made when the stack is: without it nobody could make another. */
export class FirstToken extends Construct {
  readonly secret: Secret;

  constructor(scope: Construct, id: string, { defaults, table }: FirstTokenProps) {
    super(scope, id);
    this.secret = new Secret(this, "Secret", {
      description: "First admin token of ai-usage",
      removalPolicy: defaults.removalPolicy,
    });
    const fn = new UsageFunction(this, "Function", {
      defaults,
      name: "first-token",
      description: "Makes the first admin token at deploy",
      timeout: Duration.seconds(30),
      memoryMiB: 256,
      whenItFails: "The stack could not be deployed: its first admin token was not made.",
      environment: { ADMIN_TOKEN_SECRET_ARN: this.secret.secretArn },
    });
    table.grantCreateToken(fn);
    Grant.addToPrincipal({
      grantee: fn,
      actions: ["secretsmanager:PutSecretValue"],
      resourceArns: [this.secret.secretArn],
    });
    new CustomResource(this, "Resource", {
      resourceType: "Custom::AIUsageFirstToken",
      serviceToken: fn.functionArn,
      serviceTimeout: Duration.minutes(2),
    });
    Validations.of(this.secret).acknowledge({
      id: "AwsSolutions-SMG4",
      reason:
        "People replace the token by the API, which revokes the old one; a rotation of the secret would leave it valid.",
    });
  }
}
