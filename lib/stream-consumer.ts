import { Duration } from "aws-cdk-lib";
import { Stats } from "aws-cdk-lib/aws-cloudwatch";
import { EventSourceMapping, FilterCriteria, StartingPosition } from "aws-cdk-lib/aws-lambda";
import { SqsDlq } from "aws-cdk-lib/aws-lambda-event-sources";
import { Construct } from "constructs";
import { DeadLetterQueue } from "./dead-letter-queue.ts";
import { alarmPeriod, OperationsAlarm } from "./operations-alarm.ts";
import type { UsageTable } from "./table.ts";
import type { UsageFunction } from "./usage-function.ts";

export interface StreamConsumerProps {
  readonly table: UsageTable;
  readonly function: UsageFunction;
  /** Names the consumer in its alarms and in the headings of docs/operations.md. */
  readonly name: string;
  /** Which records it wants; the function is not invoked for others. */
  readonly filters: readonly Readonly<Record<string, unknown>>[];
  readonly batchSize: number;
  readonly batchingWindow: Duration;
  /**
   * Gives the events a `shardId` and a `state`.
   * @default - no window
   */
  readonly tumblingWindow?: Duration;
}

/**
 * Feeds a function from the table's stream, each shard in order, one batch at a time, for as long as it takes.
 *
 * More than one lane per shard would break the order that exact totals rest on. Retries have no limit: a record that
 * is given up falls below the totals' watermark and would be lost to them. What the stream itself drops after its 24
 * hours goes to `failedRecords`; the alarm on the age of records rings long before.
 */
export class StreamConsumer extends Construct {
  readonly failedRecords: DeadLetterQueue;

  constructor(scope: Construct, id: string, props: StreamConsumerProps) {
    super(scope, id);
    this.failedRecords = new DeadLetterQueue(this, "FailedRecords", {
      meaning: `Records that ${props.name} could not process were given up.`,
      runbook: `${props.name}-failed-records`,
    });
    const mapping = new EventSourceMapping(this, "Mapping", {
      target: props.function,
      eventSourceArn: props.table.streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: props.batchSize,
      maxBatchingWindow: props.batchingWindow,
      tumblingWindow: props.tumblingWindow,
      parallelizationFactor: 1,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: -1,
      filters: props.filters.map((filter) => FilterCriteria.filter(filter)),
      onFailure: new SqsDlq(this.failedRecords),
    });
    // Lambda refuses a mapping whose function cannot read the stream yet.
    props.table.grantReadStream(props.function).applyBefore(mapping);
    new OperationsAlarm(this, "IteratorAge", {
      metric: props.function.metric("IteratorAge", { period: alarmPeriod, statistic: Stats.MAXIMUM }),
      meaning: `${props.name} is more than ten minutes behind the table's stream, which keeps records for 24 hours.`,
      runbook: `${props.name}-iterator-age`,
      threshold: Duration.minutes(10).toMilliseconds(),
    });
  }
}
