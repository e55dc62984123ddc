import { Duration } from "aws-cdk-lib";
import { EventBus, Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as LambdaTarget } from "aws-cdk-lib/aws-events-targets";
import { SqsDestination } from "aws-cdk-lib/aws-lambda-destinations";
import { EmailIdentity, Identity } from "aws-cdk-lib/aws-ses";
import { Construct } from "constructs";
import { DeadLetterQueue } from "./dead-letter-queue.ts";
import type { EmailSettings } from "./settings.ts";
import type { UsageTable } from "./table.ts";
import { type FunctionDefaults, UsageFunction } from "./usage-function.ts";

export interface AlertingProps {
  readonly defaults: FunctionDefaults;
  readonly table: UsageTable;
  /** @default - no mail is sent */
  readonly email?: EmailSettings;
}

/** The bus that alerts are published on, and their delivery. Others may put rules of their own on the bus. */
export class Alerting extends Construct {
  readonly bus: EventBus;
  readonly notify: UsageFunction;
  readonly undelivered: DeadLetterQueue;

  constructor(scope: Construct, id: string, { defaults, table, email }: AlertingProps) {
    super(scope, id);
    this.bus = new EventBus(this, "Bus", { description: "Alerts of ai-usage" });
    this.undelivered = new DeadLetterQueue(this, "Undelivered", {
      meaning: "Alerts were raised that could not be delivered.",
      runbook: "notify-undelivered",
    });
    this.notify = new UsageFunction(this, "NotifyFunction", {
      defaults,
      name: "notify",
      description: "Delivers alerts to people",
      timeout: Duration.seconds(30),
      memoryMiB: 512,
      whenItFails: "Alerts are delivered late or not at all.",
      environment: {
        ENABLE_EMAIL_ALERTS: String(email !== undefined),
        EMAIL_FROM_ADDRESS: email?.from ?? "",
        EMAIL_ALERT_RECIPIENTS: email?.recipients.join(",") ?? "",
      },
    });
    table.grantDeliverAlerts(this.notify);
    this.deliverAlerts();
    if (email !== undefined) this.allowMail(email);
  }

  private deliverAlerts(): void {
    // The rule's retries end when Lambda has taken the event; from there on the function's own retries count.
    this.notify.configureAsyncInvoke({
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
      onFailure: new SqsDestination(this.undelivered),
    });
    new Rule(this, "AlertRaised", {
      description: "A total crossed a budget's threshold, or a model has no price",
      eventBus: this.bus,
      eventPattern: {
        source: ["ai-usage"],
        detailType: ["Budget Threshold Crossed", "Unpriced Model Seen"],
      },
      targets: [
        new LambdaTarget(this.notify, {
          deadLetterQueue: this.undelivered,
          retryAttempts: 185,
          maxEventAge: Duration.hours(24),
        }),
      ],
    });
  }

  private allowMail({ from }: EmailSettings): void {
    const sender = new EmailIdentity(this, "Sender", { identity: Identity.email(from) });
    sender.grant(this.notify, "ses:SendEmail");
  }
}
