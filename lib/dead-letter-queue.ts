import { Duration, Validations } from "aws-cdk-lib";
import { Stats } from "aws-cdk-lib/aws-cloudwatch";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { alarmPeriod, OperationsAlarm } from "./operations-alarm.ts";

export interface DeadLetterQueueProps {
  /** What lies in the queue when its alarm rings, in one sentence. */
  readonly meaning: string;
  /** Heading of docs/operations.md that says what to do. */
  readonly runbook: string;
}

/** Keeps what could not be processed for two weeks, and rings as soon as something is in it. */
export class DeadLetterQueue extends Queue {
  constructor(scope: Construct, id: string, { meaning, runbook }: DeadLetterQueueProps) {
    super(scope, id, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    new OperationsAlarm(this, "NotEmpty", {
      metric: this.metricApproximateNumberOfMessagesVisible({
        period: alarmPeriod,
        statistic: Stats.MAXIMUM,
      }),
      meaning,
      runbook,
    });
    Validations.of(this).acknowledge({
      id: "AwsSolutions-SQS3",
      reason:
        "It is itself the dead-letter queue, of an event source mapping or a rule, which the check does not see.",
    });
  }
}
