import { Duration } from "aws-cdk-lib";
import type { EventBus } from "aws-cdk-lib/aws-events";
import { FilterRule } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { StreamConsumer } from "./stream-consumer.ts";
import { partitions, type UsageTable } from "./table.ts";
import { type FunctionDefaults, UsageFunction } from "./usage-function.ts";

export interface BudgetWatchProps {
  readonly defaults: FunctionDefaults;
  readonly table: UsageTable;
  readonly bus: EventBus;
}

/** Holds changed totals against budgets, looks out for calls without a price, raises alerts and publishes them. */
export class BudgetWatch extends Construct {
  readonly function: UsageFunction;
  readonly consumer: StreamConsumer;

  constructor(scope: Construct, id: string, { defaults, table, bus }: BudgetWatchProps) {
    super(scope, id);
    this.function = new UsageFunction(this, "Function", {
      defaults,
      name: "budget-watch",
      description: "Raises an alert when a total crosses a budget's threshold, or a model has no price",
      timeout: Duration.minutes(1),
      memoryMiB: 512,
      whenItFails: "Alerts are late: batches of the stream fail and are tried again.",
      environment: { EVENT_BUS_NAME: bus.eventBusName },
    });
    table.grantWatchBudgets(this.function);
    bus.grantPutEventsTo(this.function);
    this.consumer = new StreamConsumer(this, "Stream", {
      table,
      function: this.function,
      name: "budget-watch",
      filters: [
        changes(partitions.total),
        // The alert is its own outbox: its INSERT is what gets it published. Deliveries lie beside it.
        { ...changes(partitions.alert, ["ALERT"]), eventName: ["INSERT"] },
        // A new budget may already be overspent. Ledgers lie beside it.
        changes(partitions.budget, ["BUDGET"]),
        changes(partitions.cube, undefined, HAS_UNPRICED_CALLS),
        // What the calls of a lease came to.
        changes(partitions.lease, FilterRule.beginsWith("SEEN#")),
      ],
      batchSize: 100,
      batchingWindow: Duration.seconds(0),
    });
  }
}

// A filter cannot compare the images: the function looks whether the count went up. `exists` sees leaves only.
const HAS_UNPRICED_CALLS = { NewImage: { unpriced_calls: { N: FilterRule.exists() } } };

function changes(keyPrefix: string, sortKey?: readonly unknown[], images: object = {}) {
  return {
    eventName: FilterRule.or("INSERT", "MODIFY"),
    dynamodb: {
      Keys: {
        PK: { S: FilterRule.beginsWith(keyPrefix) },
        ...(sortKey !== undefined && { SK: { S: sortKey } }),
      },
      ...images,
    },
  };
}
