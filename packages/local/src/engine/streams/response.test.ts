import { describe, expect, it } from "vitest";
import { functionError, type JsonValue } from "../functions/invoke-result.ts";
import { readOutcome } from "./response.ts";

const records = ["8", "9", "10", "11"].map((SequenceNumber) => ({ dynamodb: { SequenceNumber } }));
const reports = { isTumbling: false, reportsItemFailures: true };
const outcome = (payload: JsonValue, rules = reports) =>
  readOutcome({ requestId: "r", payload }, records, rules);
const failures = (...itemIdentifiers: JsonValue[]) => ({
  batchItemFailures: itemIdentifiers.map((itemIdentifier) => ({ itemIdentifier })),
});

describe("response", () => {
  it("fails the batch on an error of the function", () => {
    const error = functionError("r", { errorType: "TypeError", errorMessage: "x is undefined", trace: [] });
    expect(readOutcome(error, records, reports)).toEqual({
      kind: "failed",
      reason: "TypeError: x is undefined",
    });
  });

  it.each<JsonValue>([null, {}, { batchItemFailures: null }, { batchItemFailures: [] }])(
    "takes %j as success",
    (payload) => {
      expect(outcome(payload)).toMatchObject({ kind: "success" });
    },
  );

  it("counts failures from the lowest reported record on, as the stream has it", () => {
    expect(outcome(failures("11", "10"))).toMatchObject({ kind: "partial", failedFrom: 2 });
    expect(outcome(failures("8"))).toMatchObject({ kind: "partial", failedFrom: 0 });
  });

  it.each<[string, JsonValue]>([
    ["an empty identifier", failures("")],
    ["no identifier", failures(null)],
    ["another key", { batchItemFailures: [{ id: "8" }] }],
    ["a record that was not in the batch", failures("9", "7")],
    ["no object", "done"],
  ])("fails the batch on %s", (_, payload) => {
    expect(outcome(payload).kind).toBe("failed");
  });

  it("ignores reports of a mapping that does not ask for them", () => {
    expect(outcome(failures("8"), { isTumbling: false, reportsItemFailures: false }).kind).toBe("success");
  });

  it("wants a state in a tumbling window", () => {
    const tumbling = { isTumbling: true, reportsItemFailures: true };
    expect(outcome({}, tumbling).kind).toBe("failed");
    expect(outcome({ state: { sum: "1.5" } }, tumbling)).toEqual({ kind: "success", state: { sum: "1.5" } });
    expect(outcome({ state: 1, ...failures("10") }, tumbling)).toEqual({
      kind: "partial",
      failedFrom: 2,
      state: 1,
    });
  });
});
