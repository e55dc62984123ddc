import { instantFromEpochMs, Money, type Outcome, parseScope, type ScopedOutcome } from "@ai-usage/core";
import { NumberValue } from "@aws-sdk/lib-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidItemError } from "./errors.ts";
import type { Item } from "./item.ts";
import { contentHash } from "./metric-item.ts";
import { fromOutcomeItem, toOutcomeItem } from "./outcome-item.ts";

const options = { retentionDays: 400 };
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const marshalled = (item: Item) => marshall(item, { removeUndefinedValues: true });
/** What an engine gives back for what it was given. */
const stored = (item: Item): Item => unmarshall(marshalled(item), { wrapNumbers: true });

const name = fc.string({ minLength: 1, maxLength: 40 }).filter((text) => !text.includes("#"));
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const amount = fc
  .bigInt({ min: 0n, max: 10n ** 27n })
  .map((units) => Money.parse("0.000000000000000001").times(units));
const outcome: fc.Arbitrary<Outcome> = fc.record({
  outcomeId: name,
  timestamp: fc.integer({ min: 0, max: 4e12 }).map((epochMs) => instantFromEpochMs(epochMs)),
  outcome: name,
  success: fc.boolean(),
  value: optional(amount),
  cost: optional(amount),
  qualityScore: optional(fc.integer({ min: 0, max: 10_000 }).map((units) => units / 10_000)),
  userId: optional(name),
  team: optional(name),
  feature: optional(name),
  environment: optional(name),
  jobId: optional(name),
  requestIds: optional(fc.array(name, { minLength: 1, maxLength: 3 })),
  metadata: fc.dictionary(
    fc.stringMatching(/^[a-z]{1,9}$/),
    fc.oneof(fc.string(), fc.boolean(), fc.integer()),
  ),
});
const scoped: fc.Arbitrary<ScopedOutcome> = fc.record({
  outcome,
  customScopes: fc.constantFrom([], [parseScope("department:sales")]),
});

describe("outcome item", () => {
  it("is read back as the outcome that it was made of", () => {
    fc.assert(
      fc.property(scoped, (given) => {
        expect(plain(fromOutcomeItem(stored(toOutcomeItem(given, options))))).toEqual(plain(given));
      }),
    );
  });

  it("is a function of the outcome: made again it is the same", () => {
    fc.assert(
      fc.property(scoped, (given) => {
        const item = toOutcomeItem(given, options);
        expect(marshalled(toOutcomeItem(fromOutcomeItem(stored(item)), options))).toEqual(marshalled(item));
      }),
    );
  });

  const whole: ScopedOutcome = {
    outcome: {
      outcomeId: "o1",
      timestamp: instantFromEpochMs(Date.UTC(2026, 10, 21, 10, 20)),
      outcome: "ticket_resolved",
      success: true,
      metadata: {},
    },
    customScopes: [],
  };
  const good = stored(toOutcomeItem(whole, options));

  it("is listed by its month and a lane, in order of time, and expires with the metrics of its time", () => {
    expect(good.GSI1PK).toMatch(/^OUTCOMES#2026-11#[0-3]$/);
    expect(good.GSI1SK).toBe("2026-11-21T10:20:00.000Z#o1");
    expect(Object.keys(good).filter((key) => /^GSI[23]/.test(key))).toEqual([]);
    expect(toOutcomeItem(whole, { retentionDays: 1 }).expires_at).toBe(Date.UTC(2026, 10, 22, 10, 20) / 1000);
  });

  it.each<[string, unknown]>([
    ["timestamp", "yesterday"],
    ["outcome", 5],
    ["success", "yes"],
    ["value", "1"],
    ["cost_usd", true],
    ["quality_score", NumberValue.from("1.5")],
    ["team", 5],
    ["request_ids", [5]],
    ["metadata", "text"],
    ["custom_scopes", "all"],
  ])("names %s when it is %j", (attribute, value) => {
    const read = () => fromOutcomeItem({ ...good, [attribute]: value });
    expect(read).toThrow(InvalidItemError);
    expect(read).toThrow(new RegExp(`^${attribute} `));
  });

  it("has another hash with every field", () => {
    const changes: Partial<Outcome>[] = [
      {},
      { timestamp: instantFromEpochMs(0) },
      { outcome: "x" },
      { success: false },
      { value: Money.parse("1") },
      { cost: Money.parse("1") },
      { qualityScore: 0 },
      { userId: "x" },
      { team: "x" },
      { feature: "x" },
      { environment: "x" },
      { jobId: "x" },
      { requestIds: ["x"] },
      { metadata: { a: 1 } },
    ];
    const hashes = changes.map((change) => contentHash({ ...whole.outcome, ...change }));
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
