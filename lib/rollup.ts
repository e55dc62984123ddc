import { Duration } from "aws-cdk-lib";
import { FilterRule } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { StreamConsumer } from "./stream-consumer.ts";
import { partitions, type UsageTable } from "./table.ts";
import { type FunctionDefaults, UsageFunction } from "./usage-function.ts";

export interface RollupProps {
  readonly defaults: FunctionDefaults;
  readonly table: UsageTable;
}

/** Carries every change of a metric into the totals. */
export class Rollup extends Construct {
  readonly function: UsageFunction;
  readonly consumer: StreamConsumer;

  constructor(scope: Construct, id: string, { defaults, table }: RollupProps) {
    super(scope, id);
    this.function = new UsageFunction(this, "Function", {
      defaults,
      name: "rollup",
      description: "Adds each change of a metric to its totals",
      timeout: Duration.minutes(1),
      memoryMiB: 1024,
      whenItFails: "Totals lag behind: batches of the stream fail and are tried again.",
    });
    table.grantApplyRollups(this.function);
    this.consumer = new StreamConsumer(this, "Stream", {
      table,
      function: this.function,
      name: "rollup",
      filters: [{ dynamodb: { Keys: { PK: { S: FilterRule.beginsWith(partitions.metric) } } } }],
      batchSize: 1000,
      batchingWindow: Duration.seconds(1),
      // Only the events of a window carry the shardId that counters are keyed by. A batch never spans two windows, and
      // each ends with a call of its own, so short ones would cut a backlog small and cost invocations.
      tumblingWindow: Duration.minutes(1),
    });
  }
}
