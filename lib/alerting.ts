import { Duration, Stack } from "aws-cdk-lib";
import { Stats } from "aws-cdk-lib/aws-cloudwatch";
import { EventBus, Rule, RuleTargetInput, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import { SqsDestination } from "aws-cdk-lib/aws-lambda-destinations";
import { FilterPattern, MetricFilter } from "aws-cdk-lib/aws-logs";
import { EmailIdentity, Identity } from "aws-cdk-lib/aws-ses";
import { Construct } from "constructs";
import { DeadLetterQueue } from "./dead-letter-queue.ts";
import { alarmPeriod, OperationsAlarm } from "./operations-alarm.ts";
import type { EmailSettings } from "./settings.ts";
import type { UsageTable } from "./table.ts";
import { type FunctionDefaults, UsageFunction } from "./usage-function.ts";

export interface AlertingProps {
  readonly defaults: FunctionDefaults;
  readonly table: UsageTable;
  /** @default - no mail is sent */
  readonly email?: EmailSettings;
  /** Where people look at alerts. @default - messages have no link */
  readonly dashboardUrl?: string;
}

/** The bus that alerts are published on, and their delivery. Others may put rules of their own on the bus. */
export class Alerting extends Construct {
  readonly bus: EventBus;
  readonly notify: UsageFunction;
  readonly undelivered: DeadLetterQueue;
  readonly #email: EmailSettings | undefined;

  constructor(scope: Construct, id: string, { defaults, table, email, dashboardUrl }: AlertingProps) {
    super(scope, id);
    this.#email = email;
    this.bus = new EventBus(this, "Bus", { description: "Alerts of ai-usage" });
    this.undelivered = new DeadLetterQueue(this, "Undelivered", {
      meaning: "Alerts were raised whose messages could not be planned.",
      runbook: "notify-undelivered",
    });
    this.notify = new UsageFunction(this, "NotifyFunction", {
      defaults,
      name: "notify",
      description: "Delivers alerts to people",
      // Claims of a delivery lapse later than this: who holds one that has lapsed is dead.
      timeout: Duration.seconds(30),
      memoryMiB: 512,
      whenItFails: "Alerts are delivered late or not at all.",
      environment: dashboardUrl === undefined ? {} : { DASHBOARD_URL: dashboardUrl },
    });
    table.grantDeliverAlerts(this.notify);
    this.tellOfMail(this.notify);
    this.deliverAlerts();
    this.alarmOnGivenUp();
    if (email !== undefined) this.allowMail(email);
  }

  /** Tells a function which mail is sent. */
  tellOfMail(fn: UsageFunction): void {
    const email = this.#email;
    fn.addEnvironment("ENABLE_EMAIL_ALERTS", String(email !== undefined));
    if (email === undefined) return;
    const { from, recipients, cooldownMinutes, rateLimit } = email;
    fn.addEnvironment("EMAIL_FROM_ADDRESS", from);
    fn.addEnvironment("EMAIL_ALERT_RECIPIENTS", recipients.join(","));
    if (cooldownMinutes !== undefined) fn.addEnvironment("EMAIL_COOLDOWN_MINUTES", String(cooldownMinutes));
    if (rateLimit !== undefined)
      fn.addEnvironment("EMAIL_RATE_LIMIT", `${rateLimit.messages}/${rateLimit.perMinutes}`);
  }

  private deliverAlerts(): void {
    // The rule's retries end when Lambda has taken the event; from there on the function's own retries count.
    this.notify.configureAsyncInvoke({
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
      onFailure: new SqsDestination(this.undelivered),
    });
    new Rule(this, "AlertRaised", {
      description: "People are to be told of something",
      eventBus: this.bus,
      eventPattern: { source: ["ai-usage"], detailType: [...alertDetailTypes] },
      targets: [
        new LambdaTarget(this.notify, {
          deadLetterQueue: this.undelivered,
          retryAttempts: 185,
          maxEventAge: Duration.hours(24),
        }),
      ],
    });
    new Rule(this, "Sweep", {
      description: "Sends messages whose time has come",
      schedule: Schedule.rate(Duration.minutes(1)),
      // The next sweep takes the place of one that could not be handed over.
      targets: [
        new LambdaTarget(this.notify, {
          event: RuleTargetInput.fromObject({ sweep: true }),
          retryAttempts: 0,
        }),
      ],
    });
  }

  private alarmOnGivenUp(): void {
    const givenUp = new MetricFilter(this, "DeliveriesGivenUp", {
      logGroup: this.notify.logGroup,
      filterPattern: FilterPattern.stringValue("$.message", "=", "delivery given up"),
      metricNamespace: `ai-usage/${Stack.of(this).stackName}`,
      metricName: "DeliveriesGivenUp",
      metricValue: "1",
    });
    new OperationsAlarm(this, "GivenUp", {
      metric: givenUp.metric({ period: alarmPeriod, statistic: Stats.SUM }),
      meaning: "A message about an alert was given up after several attempts: somebody has not been told.",
      runbook: "notify-given-up",
    });
  }

  private allowMail({ from }: EmailSettings): void {
    const sender = new EmailIdentity(this, "Sender", { identity: Identity.email(from) });
    sender.grant(this.notify, "ses:SendEmail");
  }
}

/** As the events are called on the bus. */
const alertDetailTypes = [
  "Budget Threshold Crossed",
  "Budget Forecast",
  "Budget Recovered",
  "Cost Spike",
  "Unpriced Model Seen",
];
