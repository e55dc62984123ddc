import { Money, parseScope, parseUtcDate, zeroTotals } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { counterBatch } from "./apply-rollup.ts";
import { countParams } from "./count-once.ts";

const date = parseUtcDate("2026-11-21");
const day = { kind: "day", scope: parseScope("team:growth"), date } as const;
const part = (sequence: string, calls: number, slot: "all" | 0 | 2 = "all") => ({
  sequence,
  slot,
  delta: { ...zeroTotals, calls, cost: Money.parse("0.25") },
});
const values = (params: ReturnType<typeof countParams>) =>
  Object.fromEntries(
    Object.entries(params.ExpressionAttributeValues ?? {}).map(([name, value]) => [name, String(value)]),
  );

describe("update of a counter", () => {
  it("adds a batch's sum and moves the watermark to its last change, if it stands below the first", () => {
    const params = countParams("usage", counterBatch(day, [part("007", 1), part("009", 2)], "shard-1"));
    expect(params).toMatchObject({
      Key: { PK: "TOTAL#team:growth", SK: "DAY#2026-11-21#shard-1" },
      ConditionExpression: "attribute_not_exists(hw) OR hw < :first",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      UpdateExpression:
        "SET #hw = :hw, #GSI2PK = :GSI2PK, #GSI2SK = :GSI2SK ADD #cost_usd :cost_usd, #calls :calls ",
    });
    expect(values(params)).toEqual({
      ":first": "007",
      ":hw": "009",
      ":GSI2PK": "DATE_TOTALS#2026-11#team",
      ":GSI2SK": "2026-11-21#growth#shard-1",
      ":cost_usd": "0.5",
      ":calls": "3",
    });
  });

  it("keeps the quarters of an hour apart, in one write", () => {
    const counter = { kind: "hour", scope: day.scope, hour: "2026-11-21T10" as never } as const;
    const params = countParams(
      "usage",
      counterBatch(counter, [part("1", 1, 0), part("2", 5, 2), part("3", 1, 0)], "s"),
    );
    expect(params.Key).toEqual({ PK: "TOTAL#team:growth", SK: "HOUR#2026-11-21T10#s" });
    expect(values(params)).toMatchObject({
      ":q0_calls": "2",
      ":q2_calls": "5",
      ":q0_cost_usd": "0.5",
      ":q2_cost_usd": "0.25",
    });
  });

  it("moves the watermark also where the changes cancel out", () => {
    const back = {
      sequence: "2",
      slot: "all" as const,
      delta: { ...zeroTotals, calls: -1, cost: Money.parse("-0.25") },
    };
    const params = countParams("usage", counterBatch(day, [part("1", 1), back], "s"));
    expect(params.UpdateExpression).toBe("SET #hw = :hw, #GSI2PK = :GSI2PK, #GSI2SK = :GSI2SK ");
    expect(values(params)).toMatchObject({ ":hw": "2" });
  });
});
