import { Duration } from "aws-cdk-lib";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import { Construct } from "constructs";
import type { Settings } from "./settings.ts";
import type { UsageTable } from "./table.ts";
import { type FunctionDefaults, UsageFunction } from "./usage-function.ts";

export interface RestatementProps {
  readonly defaults: FunctionDefaults;
  readonly table: UsageTable;
  readonly settings: Settings;
}

/** Prices stored metrics anew: when somebody asks for it, and those without a price when one has come. */
export class Restatement extends Construct {
  readonly function: UsageFunction;

  constructor(scope: Construct, id: string, { defaults, table, settings }: RestatementProps) {
    super(scope, id);
    this.function = new UsageFunction(this, "Function", {
      defaults,
      name: "restate",
      description: "Prices stored metrics anew",
      timeout: Duration.minutes(15),
      memoryMiB: 1024,
      whenItFails: "Calls without a price are not filled in, and restatements do not go on.",
      environment: { METRIC_INDEX: settings.metricIndex ? "on" : "off", PRICE_REFRESH_SECONDS: "20" },
    });
    table.grantRestate(this.function);
    // The next sweep goes on with what a failed invocation left.
    this.function.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.hours(1) });
    new Rule(this, "Sweep", {
      description: "Goes on with restatements, and fills in calls whose price has come",
      schedule: Schedule.rate(Duration.minutes(5)),
      targets: [new LambdaTarget(this.function)],
    });
  }
}
