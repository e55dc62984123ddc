import { Duration } from "aws-cdk-lib";
import { Grant } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import type { Settings } from "./settings.ts";
import type { UsageTable } from "./table.ts";
import { type FunctionDefaults, UsageFunction } from "./usage-function.ts";

export interface IngestProps {
  readonly defaults: FunctionDefaults;
  readonly table: UsageTable;
  readonly settings: Settings;
}

/** Prices and stores metrics, and stores outcomes, invoked directly or by the HTTP API. */
export class Ingest extends Construct {
  readonly function: UsageFunction;

  constructor(scope: Construct, id: string, { defaults, table, settings }: IngestProps) {
    super(scope, id);
    this.function = new UsageFunction(this, "Function", {
      defaults,
      name: "ingest",
      description: "Prices AI usage metrics and stores each once",
      timeout: Duration.seconds(29),
      memoryMiB: 1024,
      whenItFails: "Metrics are refused that their senders must send again.",
      environment: {
        RETENTION_DAYS: String(settings.retentionDays),
        METRIC_INDEX: settings.metricIndex ? "on" : "off",
        SCOPE_METADATA_KEYS: settings.scopeMetadataKeys.join(","),
        PRICE_REFRESH_SECONDS: "20",
      },
    });
    table.grantRecordUsage(this.function);
  }

  /** Lets a function send metrics by direct invocation, and tells it where to. */
  grantIngest(sender: LambdaFunction): Grant {
    sender.addEnvironment("AI_USAGE_INGEST_FUNCTION", this.function.functionName);
    return Grant.addToPrincipal({
      grantee: sender,
      actions: ["lambda:InvokeFunction"],
      resourceArns: [this.function.functionArn],
    });
  }
}
