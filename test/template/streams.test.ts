import { describe, expect, it } from "vitest";
import { compilePattern } from "../../packages/local/src/engine/patterns/event-pattern.ts";
import {
  alertKey,
  budgetKey,
  deliveryKey,
  leasedSumKey,
  leaseKey,
  leaseSeenKey,
  ledgerKey,
  outcomeKey,
} from "../../packages/store/src/keys.ts";
import { functionNamed, type Part, resourcesOf } from "./reading.ts";
import { template } from "./synthesized.ts";

const mappings = () => resourcesOf(template(), "AWS::Lambda::EventSourceMapping");

function mappingOf(name: string): Part {
  const [functionId] = functionNamed(template(), name);
  const found = mappings().filter((mapping) => mapping.Properties.FunctionName.Ref === functionId);
  expect(found).toHaveLength(1);
  return found[0]?.Properties;
}

const filtersOf = (mapping: Part) =>
  mapping.FilterCriteria.Filters.map(({ Pattern }: { Pattern: string }) => JSON.parse(Pattern));

const partitionsStartingWith = (prefix: string) => ({ dynamodb: { Keys: { PK: { S: [{ prefix }] } } } });

describe("the table's stream", () => {
  it("has the two readers that DynamoDB serves without throttling, and no more", () => {
    const [table] = Object.keys(template().findResources("AWS::DynamoDB::Table"));
    expect(mappings().map((mapping) => mapping.Properties.EventSourceArn)).toEqual([
      { "Fn::GetAtt": [table, "StreamArn"] },
      { "Fn::GetAtt": [table, "StreamArn"] },
    ]);
  });

  it.each(["rollup", "budget-watch"])("is read by %s in order, without an end to retries", (name) => {
    expect(mappingOf(name)).toMatchObject({
      StartingPosition: "TRIM_HORIZON",
      ParallelizationFactor: 1,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      MaximumRetryAttempts: -1,
    });
    expect(mappingOf(name)).not.toHaveProperty("MaximumRecordAgeInSeconds");
  });

  it.each(["rollup", "budget-watch"])("leaves what %s did not get to in a queue of its own", (name) => {
    const [queue] = mappingOf(name).DestinationConfig.OnFailure.Destination["Fn::GetAtt"];
    expect(template().toJSON().Resources[queue].Type).toBe("AWS::SQS::Queue");
    const queues = mappings().map((mapping) => mapping.Properties.DestinationConfig.OnFailure.Destination);
    expect(new Set(queues.map((each) => JSON.stringify(each))).size).toBe(2);
  });

  it("does not wake any of them for an outcome", () => {
    const { PK, SK } = outcomeKey("o1");
    const record = {
      eventName: "INSERT",
      dynamodb: { Keys: { PK: { S: PK }, SK: { S: SK } }, NewImage: { success: { BOOL: true } } },
    };
    const matching = mappings()
      .flatMap((mapping) => filtersOf(mapping.Properties))
      .filter((pattern) => compilePattern(pattern)(record));
    expect(matching).toEqual([]);
  });

  it("is not read before the function may", () => {
    for (const mapping of mappings()) {
      expect(mapping.DependsOn).toEqual([expect.stringContaining("RoleDefaultPolicy")]);
    }
  });
});

describe("the rollup's mapping", () => {
  it("passes every change of a metric", () => {
    expect(filtersOf(mappingOf("rollup"))).toEqual([partitionsStartingWith("USAGE#")]);
  });

  it("has a tumbling window, without which events carry no shardId", () => {
    expect(mappingOf("rollup").TumblingWindowInSeconds).toBeGreaterThanOrEqual(1);
  });

  it("gathers up to 1,000 records for at most a second", () => {
    expect(mappingOf("rollup")).toMatchObject({ BatchSize: 1000, MaximumBatchingWindowInSeconds: 1 });
  });
});

describe("budget-watch's mapping", () => {
  it("passes changed totals, new alerts, new and changed budgets, calls without a price, counts of leases", () => {
    const eventName = ["INSERT", "MODIFY"];
    const itemsOf = (prefix: string, sortKey: unknown) => ({
      dynamodb: { Keys: { PK: { S: [{ prefix }] }, SK: { S: [sortKey] } } },
    });
    expect(filtersOf(mappingOf("budget-watch"))).toEqual([
      { eventName, ...partitionsStartingWith("TOTAL#") },
      { eventName: ["INSERT"], ...itemsOf("ALERT#", "ALERT") },
      { eventName, ...itemsOf("BUDGET#", "BUDGET") },
      {
        eventName,
        dynamodb: {
          ...partitionsStartingWith("CUBE#").dynamodb,
          NewImage: { unpriced_calls: { N: [{ exists: true }] } },
        },
      },
      { eventName, ...itemsOf("LEASE#", { prefix: "SEEN#" }) },
    ]);
  });

  it.each([
    ["an alert", alertKey("a1"), true],
    ["a delivery", deliveryKey({ alertId: "a1", channelId: "c1", reason: "raised" }), false],
    ["a budget", budgetKey("b1"), true],
    ["a ledger", ledgerKey("b1", "2026-11"), false],
    ["a sum of leased calls", leasedSumKey("b1", "2026-11", "shard"), false],
    ["what calls of a lease came to", leaseSeenKey("l1", "shard"), true],
    ["a lease", leaseKey("l1"), false],
  ])("looks at %s by its sort key", (_, { PK, SK }, isPassed) => {
    const record = {
      eventName: "INSERT",
      dynamodb: { Keys: { PK: { S: PK }, SK: { S: SK } }, NewImage: {} },
    };
    const filters = filtersOf(mappingOf("budget-watch")).map(compilePattern);
    expect(filters.some((matches: (event: object) => boolean) => matches(record))).toBe(isPassed);
  });

  it("passes a cell of the cube only when it counts calls without a price", () => {
    const [pattern] = filtersOf(mappingOf("budget-watch")).filter((filter: Part) => filter.dynamodb.NewImage);
    const matches = compilePattern(pattern);
    const change = (NewImage: object, eventName = "MODIFY") => ({
      eventName,
      dynamodb: {
        Keys: { PK: { S: "CUBE#2026-11-22" }, SK: { S: "openai#gpt-9#chat#shardId-1" } },
        NewImage,
      },
    });
    expect(matches(change({ calls: { N: "1" }, unpriced_calls: { N: "1" } }))).toBe(true);
    expect(matches(change({ calls: { N: "1" }, unpriced_calls: { N: "1" } }, "INSERT"))).toBe(true);
    expect(matches(change({ calls: { N: "1" }, cost_usd: { N: "0.5" } }))).toBe(false);
    expect(matches({ ...change({}), dynamodb: { Keys: { PK: { S: "CUBE#2026-11-22" } } } })).toBe(false);
  });

  it("keeps to the five filters that a mapping may have", () => {
    expect(mappingOf("budget-watch").FilterCriteria.Filters.length).toBeLessThanOrEqual(5);
  });

  it("does not wait", () => {
    expect(mappingOf("budget-watch")).toMatchObject({ BatchSize: 100, MaximumBatchingWindowInSeconds: 0 });
    expect(mappingOf("budget-watch")).not.toHaveProperty("TumblingWindowInSeconds");
  });
});
