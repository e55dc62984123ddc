import { createHash } from "node:crypto";
import { LOCAL_AWS } from "../engine/index.ts";

export const PARTITION = "aws";
export const REGION = LOCAL_AWS.region;
export const ACCOUNT_ID = "000000000000";

/** What `Ref` and `Fn::GetAtt` of a resource give. */
export interface PhysicalId {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

interface Named {
  readonly type: string;
  readonly logicalId: string;
  readonly stackName: string;
  /** A property of the resource as text, undefined when the template leaves it out. */
  property(name: string): string | undefined;
}

export function arn(service: string, resource: string): string {
  return `arn:${PARTITION}:${service}:${REGION}:${ACCOUNT_ID}:${resource}`;
}

/**
 * Names follow from the template alone, so that state kept in the home is found again at the next start.
 * Attributes known only while running (a stream's ARN, an address) are bound by the service that makes them.
 */
export function physicalId(resource: Named): PhysicalId | undefined {
  const name = (property: string) =>
    resource.property(property) ?? `${resource.stackName}-${resource.logicalId}`;
  switch (resource.type) {
    case "AWS::DynamoDB::Table":
      return named(name("TableName"), (table) => ({ Arn: arn("dynamodb", `table/${table}`) }));
    case "AWS::Lambda::Function":
      return named(name("FunctionName"), (fn) => ({ Arn: arn("lambda", `function:${fn}`) }));
    case "AWS::Events::EventBus":
      return named(name("Name"), (bus) => ({ Name: bus, Arn: arn("events", `event-bus/${bus}`) }));
    case "AWS::Events::Rule":
      return named(name("Name"), (rule) => ({ Arn: arn("events", `rule/${rule}`) }));
    case "AWS::SQS::Queue": {
      const queue = name("QueueName");
      const url = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT_ID}/${queue}`;
      return { ref: url, attributes: { Arn: arn("sqs", queue), QueueName: queue, QueueUrl: url } };
    }
    case "AWS::SecretsManager::Secret": {
      const secret = secretArn(name("Name"));
      return { ref: secret, attributes: { Id: secret } };
    }
    case "AWS::SES::EmailIdentity":
      return named(name("EmailIdentity"), () => ({}));
    case "AWS::ApiGatewayV2::Api":
      return named(suffix(name("Name")).toLowerCase(), (api) => ({ ApiId: api }));
    case "AWS::ApiGatewayV2::Authorizer":
      return named(resource.logicalId, (authorizer) => ({ AuthorizerId: authorizer }));
    case "AWS::ApiGatewayV2::Integration":
    case "AWS::ApiGatewayV2::Stage":
    case "AWS::SES::ConfigurationSet":
      return named(resource.logicalId, () => ({}));
    default:
      return undefined;
  }
}

function named(ref: string, attributes: (ref: string) => Record<string, string>): PhysicalId {
  return { ref, attributes: attributes(ref) };
}

/** Secrets Manager ends a secret's ARN with six characters; a digest keeps them the same at every start. */
export function secretArn(name: string): string {
  return arn("secretsmanager", `secret:${name}-${suffix(name)}`);
}

function suffix(name: string): string {
  return createHash("sha256").update(name).digest("base64url").replace(/[-_]/g, "x").slice(0, 6);
}
