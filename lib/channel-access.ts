import { ArnFormat, Names, Stack, Validations } from "aws-cdk-lib";
import { Grant } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import type { ChannelTargets } from "./settings.ts";
import type { UsageFunction } from "./usage-function.ts";

export interface ChannelAccessProps {
  /** What channels may reach beside mail and the web. */
  readonly targets: ChannelTargets;
}

/** What the channels of alerts need outside the table: their secrets, and the topics and functions that the settings list. */
export class ChannelAccess extends Construct {
  /** What the names of the channels' secrets begin with. They are made while the system runs, one for each channel. */
  readonly secretPrefix: string;
  readonly #targets: ChannelTargets;

  constructor(scope: Construct, id: string, { targets }: ChannelAccessProps) {
    super(scope, id);
    this.secretPrefix = `${Names.uniqueResourceName(this, { maxLength: 64, separator: "-" })}/`;
    this.#targets = targets;
  }

  /** Lets a function make channels: put secrets there and take them away again. It cannot read them, and sends nothing. */
  grantKeepChannels(fn: UsageFunction): void {
    fn.addEnvironment("CHANNEL_SECRET_PREFIX", this.secretPrefix);
    fn.addEnvironment("CHANNEL_TOPIC_ARNS", this.#targets.topicArns.join(","));
    fn.addEnvironment("CHANNEL_FUNCTION_ARNS", this.#targets.functionArns.join(","));
    this.#grantSecrets(fn, [
      "secretsmanager:CreateSecret",
      "secretsmanager:PutSecretValue",
      "secretsmanager:DeleteSecret",
    ]);
  }

  /** Lets a function read the secrets, and send to the topics and functions of the settings. */
  grantSend(fn: UsageFunction): void {
    this.#grantSecrets(fn, ["secretsmanager:GetSecretValue"]);
    const { topicArns, functionArns } = this.#targets;
    grantOn(fn, "sns:Publish", topicArns);
    grantOn(fn, "lambda:InvokeFunction", functionArns);
  }

  #grantSecrets(fn: UsageFunction, actions: string[]): void {
    const name = `${this.secretPrefix}*`;
    const resource = Stack.of(this).formatArn({
      service: "secretsmanager",
      resource: "secret",
      resourceName: name,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    Grant.addToPrincipal({ grantee: fn, actions, resourceArns: [resource] });
    Validations.of(fn.role ?? fn).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:${name}]`,
      reason:
        "Secrets of channels are made while the system runs: their names have nothing but the beginning in common.",
    });
  }
}

function grantOn(fn: LambdaFunction, action: string, resourceArns: readonly string[]): void {
  if (resourceArns.length > 0) {
    Grant.addToPrincipal({ grantee: fn, actions: [action], resourceArns: [...resourceArns] });
  }
}
