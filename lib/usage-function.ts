import { type Duration, type RemovalPolicy, Validations } from "aws-cdk-lib";
import { Stats } from "aws-cdk-lib/aws-cloudwatch";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { type FunctionName, lambdaBundle } from "./lambda-bundle.ts";
import { alarmPeriod, OperationsAlarm } from "./operations-alarm.ts";

/** What all functions of a deployment have in common. */
export interface FunctionDefaults {
  /** Where `<name>/handler.ts` of each function lies. */
  readonly lambdasDirectory: string;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
}

export interface UsageFunctionProps {
  readonly defaults: FunctionDefaults;
  readonly name: FunctionName;
  readonly description: string;
  readonly timeout: Duration;
  /** CPU comes in proportion to it. */
  readonly memoryMiB: number;
  /** What callers see when it fails, in one sentence. */
  readonly whenItFails: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A function with a role of its own that may only log and trace, until somebody grants it more. */
export class UsageFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: UsageFunctionProps) {
    const { defaults, name, environment } = props;
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: defaults.logRetention,
      removalPolicy: defaults.removalPolicy,
    });
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    logGroup.grantWrite(role);
    super(scope, id, {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: "index.handler",
      code: lambdaBundle(name, defaults.lambdasDirectory),
      memorySize: props.memoryMiB,
      timeout: props.timeout,
      environment: { POWERTOOLS_SERVICE_NAME: `ai-usage-${name}`, ...environment },
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      tracing: Tracing.ACTIVE,
    });
    new OperationsAlarm(this, "Errors", {
      metric: this.metricErrors({ period: alarmPeriod, statistic: Stats.SUM }),
      meaning: props.whenItFails,
      runbook: `${name}-errors`,
    });
    Validations.of(role).acknowledge({
      id: "AwsSolutions-IAM5[Resource::*]",
      reason: "X-Ray has no resources that a permission to send traces could name.",
    });
  }
}
