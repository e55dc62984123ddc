import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { AIUsage } from "./ai-usage.ts";
import type { Settings } from "./settings.ts";

export interface AIUsageStackProps extends StackProps {
  readonly settings: Settings;
  /**
   * Where `<name>/handler.ts` of each function lies.
   * @default - the functions of this package
   */
  readonly lambdasDirectory?: string;
}

/** ai-usage in a stack of its own. */
export class AIUsageStack extends Stack {
  readonly usage: AIUsage;

  constructor(
    scope: Construct,
    id: string,
    { settings, lambdasDirectory, ...stackProps }: AIUsageStackProps,
  ) {
    super(scope, id, { description: "ai-usage: meters, prices and budgets AI calls", ...stackProps });
    const { stage: _, ...usageSettings } = settings;
    this.usage = new AIUsage(this, "AIUsage", { ...usageSettings, lambdasDirectory });
    this.addOutputs(this.usage);
  }

  private addOutputs({ table, ingest, rollup, budgetWatch, alerting, httpApi, firstToken }: AIUsage): void {
    const outputs: Record<string, [value: string, description: string]> = {
      ApiUrl: [httpApi.url, "Address of the HTTP API"],
      TableName: [table.table.tableName, "The table"],
      IngestFunctionName: [ingest.function.functionName, "Function that applications invoke to send metrics"],
      EventBusName: [alerting.bus.eventBusName, "Bus that alerts are published on"],
      AdminTokenSecretArn: [
        firstToken.secret.secretArn,
        'Secret that holds the first admin token: {"token": "…"}',
      ],
      FailedRecordsQueueUrl: [
        rollup.consumer.failedRecords.queueUrl,
        "Changes of metrics that the rollup gave up",
      ],
      FailedTotalsQueueUrl: [
        budgetWatch.consumer.failedRecords.queueUrl,
        "Changes of totals that budget-watch gave up",
      ],
      UndeliveredAlertsQueueUrl: [alerting.undelivered.queueUrl, "Alerts that could not be delivered"],
    };
    for (const [id, [value, description]] of Object.entries(outputs)) {
      new CfnOutput(this, id, { value, description });
    }
  }
}
