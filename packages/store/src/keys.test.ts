import { parseScope, parseUtcDate } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { InvalidCursorError } from "./errors.ts";
import {
  bucketOfTotal,
  counterItemKey,
  cubeCellOf,
  dateTotalsKey,
  dateTotalsRange,
  dayRange,
  hourRange,
  scopeOfTotal,
  valueOfDateTotal,
} from "./keys.ts";
import { decodeCursor, encodeCursor } from "./listing.ts";

const date = parseUtcDate("2026-11-21");
const next = parseUtcDate("2026-11-22");
const scope = parseScope("team:growth");
/** DynamoDB compares keys by their bytes. */
const within = (key: string, [low, high]: readonly [string, string]) =>
  Buffer.compare(Buffer.from(low), Buffer.from(key)) <= 0 &&
  Buffer.compare(Buffer.from(key), Buffer.from(high)) <= 0;

describe("key of a counter", () => {
  it("says which scope and bucket it is of", () => {
    const day = counterItemKey({ kind: "day", scope, date }, "shardId-1");
    const hour = counterItemKey({ kind: "hour", scope, hour: "2026-11-21T10" as never }, "shardId-1");
    expect([scopeOfTotal(day), bucketOfTotal(day), bucketOfTotal(hour)]).toEqual([
      scope,
      { kind: "day", date },
      { kind: "hour", hour: "2026-11-21T10" },
    ]);
  });

  it("says which cell of the cube it is of, with or without a model", () => {
    const cell = { service: "places", model: "", operation: "text search" };
    expect(cubeCellOf(counterItemKey({ kind: "cube", date, ...cell }, "shardId-1"))).toEqual(cell);
  });

  it("stays within the 1,024 bytes of a sort key for the longest names in any script", () => {
    for (const character of ["x", "ж", "日", "🚀"]) {
      const name = character.repeat(
        Math.min(128 / character.length, Math.floor(256 / Buffer.byteLength(character))),
      );
      const lineage = "shardId-00000001414576573621-f55eea83";
      const { SK } = counterItemKey(
        { kind: "cube", date, service: name, model: name, operation: name },
        lineage,
      );
      expect(Buffer.byteLength(SK)).toBeLessThanOrEqual(1024);
    }
  });
});

describe("range of keys", () => {
  it("holds every lineage of its first and last bucket, and nothing of the next", () => {
    const key = (day: typeof date) => counterItemKey({ kind: "day", scope, date: day }, "shardId-9").SK;
    expect(within(key(date), dayRange(date, date))).toBe(true);
    expect(within(key(next), dayRange(date, date))).toBe(false);
    expect(
      within("HOUR#2026-11-21T10#s", hourRange("2026-11-21T10" as never, "2026-11-21T10" as never)),
    ).toBe(true);
    expect(
      within("HOUR#2026-11-21T11#s", hourRange("2026-11-21T10" as never, "2026-11-21T10" as never)),
    ).toBe(false);
  });

  it.each(["growth", "日本", "\uff21", "\uffff", "🚀 launch", "\u{10ffff}"])(
    "of a day's values holds %j, whatever its script",
    (value) => {
      const { GSI2SK } = dateTotalsKey(parseScope(`team:${value}`), date, "shardId-1");
      expect(within(GSI2SK, dateTotalsRange(date, date))).toBe(true);
      expect(within(GSI2SK, dateTotalsRange(next, next))).toBe(false);
      expect(valueOfDateTotal(GSI2SK)).toBe(value);
    },
  );
});

describe("cursor", () => {
  const position = "2026-11-21T10:20:00.000Z#req-ü-🚀";

  it("hides the position that it is", () => {
    expect(encodeCursor(position)).toMatch(/^[\w-]+$/);
    expect(decodeCursor(encodeCursor(position))).toBe(position);
  });

  it.each([
    "",
    "x",
    "not a cursor",
    encodeCursor("2026-11-21"),
    encodeCursor("BUDGETS"),
    encodeCursor("2026-11-21T10:20:00.000Z#"),
    `${encodeCursor(position)}=`,
    `${encodeCursor(position)}!`,
  ])("is not %j", (text) => {
    expect(() => decodeCursor(text)).toThrow(InvalidCursorError);
  });
});
