import { parseInstant, parseScope, parseUtcDate } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import { InvalidCursorError } from "./errors.ts";
import {
  adjustmentKey,
  adjustmentRange,
  bucketOfTotal,
  counterItemKey,
  cubeCellOf,
  cubeCellRange,
  dateTotalsKey,
  dateTotalsRange,
  dayRange,
  hourRange,
  isAdjustmentKey,
  isOwnPriceKey,
  ownPriceKey,
  ownPriceRange,
  priceAuditKey,
  priceVersionKey,
  restatementKey,
  restatementStepKey,
  restatementStepRange,
  scopeOfTotal,
  unpricedListingKey,
  unpricedModelKey,
  unpricedPartition,
  valueOfDateTotal,
  volumeKey,
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

describe("key of a model without a price", () => {
  it("stays within 2,048 and 1,024 bytes for the longest names", () => {
    const name = "日".repeat(85);
    const subject = { service: name, model: name, operation: name };
    expect(Buffer.byteLength(unpricedModelKey(subject).PK)).toBeLessThanOrEqual(2048);
    const { GSI2SK } = unpricedListingKey(subject, parseInstant("2026-11-21T10:00:00Z"));
    expect(Buffer.byteLength(GSI2SK)).toBeLessThanOrEqual(1024);
  });

  it("is another for every service, model and operation", () => {
    const subjects = [
      { service: "a", model: "b", operation: "c" },
      { service: "a", operation: "c" },
      { service: "a", model: "c", operation: "b" },
      { service: "c", operation: "a" },
    ];
    expect(new Set(subjects.map((subject) => unpricedModelKey(subject).PK)).size).toBe(subjects.length);
  });
});

describe("range of a cell", () => {
  const range = cubeCellRange({ service: "openai", model: "gpt-9", operation: "chat" });
  const cell = (given: { service?: string; model?: string; operation?: string }, lineage = "shardId-9") => {
    const named = { service: "openai", model: "gpt-9", operation: "chat", ...given };
    return counterItemKey({ kind: "cube", date, ...named }, lineage).SK;
  };

  it("holds every lineage of it, and no other cell", () => {
    expect(within(cell({}), range)).toBe(true);
    expect(within(cell({}, "\u{10ffff}"), range)).toBe(true);
    const others = [{ operation: "chat." }, { operation: "cha" }, { model: "gpt-9-mini" }, { model: "" }];
    for (const other of others) expect(within(cell(other), range)).toBe(false);
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

describe("key of an own price", () => {
  const price = (given: object = {}) =>
    ownPriceKey({
      provider: "openai",
      model: "gpt-4o",
      from: "2026-05-01",
      conditionsHash: "0a1b",
      ...given,
    });

  it("is another for another provider, model, beginning or conditions", () => {
    const keys = [
      {},
      { provider: "open" },
      { model: "gpt-4o-mini" },
      { from: undefined },
      { from: "2026-05-02" },
      { conditionsHash: "ff" },
    ].map((given) => price(given).SK);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("is in the range of its provider, and in that of all, and no other item is", () => {
    const others = [adjustmentKey("adj_1"), priceVersionKey];
    expect(within(price().SK, ownPriceRange("openai"))).toBe(true);
    expect(within(price({ model: "\u{10ffff}" }).SK, ownPriceRange("openai"))).toBe(true);
    expect(within(price({ provider: "openai-eu" }).SK, ownPriceRange("openai"))).toBe(false);
    expect(within(price({ provider: "open" }).SK, ownPriceRange("openai"))).toBe(false);
    expect(within(price({ provider: "\u{10ffff}" }).SK, ownPriceRange())).toBe(true);
    for (const { SK } of others) expect(within(SK, ownPriceRange()), SK).toBe(false);
    expect([price(), ...others].map(isOwnPriceKey)).toEqual([true, false, false]);
  });

  it("sorts by model and then by time, one without a beginning first", () => {
    const rows = [
      price({ from: undefined }),
      price(),
      price({ from: "2026-05-01T08:00:00.000Z" }),
      price({ from: "2027-01-01" }),
    ];
    const keys = rows.map(({ SK }) => SK);
    expect([...keys].sort()).toEqual(keys);
  });

  it("stays within the 1,024 bytes of a sort key for the longest names", () => {
    const name = "日".repeat(85);
    const { SK } = price({
      provider: name,
      model: name,
      from: "2026-05-01T08:00:00.000Z",
      conditionsHash: "0".repeat(16),
    });
    expect(Buffer.byteLength(SK)).toBeLessThanOrEqual(1024);
  });
});

describe("key of an adjustment", () => {
  it("is in the range of adjustments, and no price is", () => {
    expect(within(adjustmentKey("\u{10ffff}").SK, adjustmentRange())).toBe(true);
    expect(within(priceVersionKey.SK, adjustmentRange())).toBe(false);
    expect([adjustmentKey("adj_1"), priceVersionKey].map(isAdjustmentKey)).toEqual([true, false]);
  });

  it("is in the partition that holds all that is set about prices, and the audit trail is not", () => {
    const at = parseInstant("2026-11-21T10:00:00Z");
    expect(adjustmentKey("adj_1").PK).toBe(priceVersionKey.PK);
    expect(priceAuditKey(at, "edit_1")).toEqual({
      PK: "AUDIT#PRICES",
      SK: "2026-11-21T10:00:00.000Z#edit_1",
    });
  });
});

describe("key of a volume", () => {
  it("is of its id, the longest too", () => {
    expect(volumeKey("google_places#autocomplete#default#2026-11").PK).toBe(
      "VOLUME#google_places#autocomplete#default#2026-11",
    );
    const name = "日".repeat(85);
    expect(Buffer.byteLength(volumeKey([name, name, name, "2026-11"].join("#")).PK)).toBeLessThanOrEqual(
      2048,
    );
  });
});

describe("step of a restatement", () => {
  it("is beside the restatement, and in the range of its steps", () => {
    const step = restatementStepKey("rst_1", "2026-11-21");
    expect(step.PK).toBe(restatementKey("rst_1").PK);
    expect(within(step.SK, restatementStepRange)).toBe(true);
    expect(within(restatementKey("rst_1").SK, restatementStepRange)).toBe(false);
  });
});

describe("listing of metrics without a price", () => {
  it("is another for every subject, month and lane", () => {
    const subject = { service: "a", model: "b", operation: "c" };
    const partitions = [
      unpricedPartition(subject, "2026-11", 0),
      unpricedPartition(subject, "2026-11", 1),
      unpricedPartition(subject, "2026-12", 0),
      unpricedPartition({ service: "a", operation: "c" }, "2026-11", 0),
      unpricedPartition({ service: "a", model: "c", operation: "b" }, "2026-11", 0),
    ];
    expect(new Set(partitions).size).toBe(partitions.length);
  });

  it("stays within the 2,048 bytes of a partition key for the longest names", () => {
    const name = "日".repeat(85);
    const partition = unpricedPartition({ service: name, model: name, operation: name }, "2026-11", 7);
    expect(Buffer.byteLength(partition)).toBeLessThanOrEqual(2048);
  });
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
