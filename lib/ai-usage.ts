import { RemovalPolicy } from "aws-cdk-lib";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { Grant } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { Alerting } from "./alerting.ts";
import { BudgetWatch } from "./budget-watch.ts";
import { BudgetsAsCode } from "./budgets-as-code.ts";
import { ChannelAccess } from "./channel-access.ts";
import { FirstToken } from "./first-token.ts";
import { UsageHttpApi } from "./http-api.ts";
import { Ingest } from "./ingest.ts";
import { lambdasDirectory as ownLambdasDirectory } from "./lambda-bundle.ts";
import { OperationsAlarm } from "./operations-alarm.ts";
import { Restatement } from "./restatement.ts";
import { Rollup } from "./rollup.ts";
import { parseSettings, type SettingsInput } from "./settings.ts";
import { UsageTable } from "./table.ts";
import type { FunctionDefaults } from "./usage-function.ts";

export interface AIUsageProps extends Omit<SettingsInput, "stage"> {
  /**
   * Where `<name>/handler.ts` of each function lies.
   * @default - the functions of this package
   */
  readonly lambdasDirectory?: string;
}

/**
 * All of ai-usage, to be placed in any stack.
 *
 * ```ts
 * const usage = new AIUsage(stack, "AIUsage", { retentionDays: 90 });
 * usage.grantIngest(myFunction);
 * ```
 */
export class AIUsage extends Construct {
  readonly table: UsageTable;
  readonly ingest: Ingest;
  readonly rollup: Rollup;
  readonly alerting: Alerting;
  readonly budgetWatch: BudgetWatch;
  readonly restatement: Restatement;
  readonly httpApi: UsageHttpApi;
  readonly firstToken: FirstToken;
  readonly budgets: BudgetsAsCode;

  /** @throws SettingsError when a prop has a value that it may not have */
  constructor(scope: Construct, id: string, props: AIUsageProps = {}) {
    super(scope, id);
    const { lambdasDirectory = ownLambdasDirectory, ...input } = props;
    const settings = parseSettings(input, { source: `AIUsage "${this.node.path}"` });
    const removalPolicy = settings.removalPolicy === "retain" ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    const defaults: FunctionDefaults = {
      lambdasDirectory,
      logRetention: settings.logRetentionDays,
      removalPolicy,
    };

    this.table = new UsageTable(this, "Table", {
      deletionProtection: settings.deletionProtection,
      removalPolicy,
    });
    const shared = { defaults, table: this.table };
    this.ingest = new Ingest(this, "Ingest", { ...shared, settings });
    this.rollup = new Rollup(this, "Rollup", shared);
    const { email, dashboardUrl } = settings;
    this.alerting = new Alerting(this, "Alerting", { ...shared, email, dashboardUrl });
    this.budgetWatch = new BudgetWatch(this, "BudgetWatch", { ...shared, bus: this.alerting.bus });
    this.restatement = new Restatement(this, "Restatement", { ...shared, settings });
    const channels = new ChannelAccess(this, "Channels", { targets: settings.channelTargets });
    channels.grantSend(this.alerting.notify);
    this.httpApi = new UsageHttpApi(this, "HttpApi", {
      ...shared,
      channels,
      notify: this.alerting.notify,
      restate: this.restatement.function,
      settings,
      ingest: this.ingest.function,
    });
    this.alerting.tellOfMail(this.httpApi.api);
    this.firstToken = new FirstToken(this, "FirstToken", shared);
    this.budgets = new BudgetsAsCode(this, "Budgets", {
      ...shared,
      budgets: settings.budgets,
      templates: settings.budgetTemplates,
    });
    if (settings.alarmTopicArn !== undefined) this.reportAlarmsTo(settings.alarmTopicArn);
  }

  /** Every alarm, each with a description that says what to do. */
  get alarms(): OperationsAlarm[] {
    return this.node.findAll().filter((child) => child instanceof OperationsAlarm);
  }

  /** Lets a function send metrics by direct invocation; `AI_USAGE_INGEST_FUNCTION` tells it where to. */
  grantIngest(sender: LambdaFunction): Grant {
    return this.ingest.grantIngest(sender);
  }

  private reportAlarmsTo(topicArn: string): void {
    const action = new SnsAction(Topic.fromTopicArn(this, "AlarmTopic", topicArn));
    for (const alarm of this.alarms) alarm.addAlarmAction(action);
  }
}
