import {
  type AIUsageMetric,
  type FormerPricing,
  instantFromEpochMs,
  knownUnits,
  Money,
  type PricedMetric,
  type Pricing,
  refusals,
  servedConditionNames,
  type UsageUnit,
  type VolumePosition,
} from "@ai-usage/core";
import { NumberValue } from "@aws-sdk/lib-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidItemError } from "./errors.ts";
import { aPricedMetric } from "./fixtures.ts";
import type { Item } from "./item.ts";
import { contentHash, fromMetricItem, fromStoredMetricItem, toMetricItem } from "./metric-item.ts";

const options = { retentionDays: 400, serviceIndex: true };
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
/** What an engine gives back for what it was given. */
const marshalled = (item: Item) => marshall(item, { removeUndefinedValues: true });
const stored = (item: Item): Item => unmarshall(marshalled(item), { wrapNumbers: true });

const name = fc.string({ minLength: 1, maxLength: 40 }).filter((text) => !text.includes("#"));
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const amount = fc
  .bigInt({ min: 0n, max: 10n ** 27n })
  .map((units) => Money.parse("0.000000000000000001").times(units));
const moment = fc.integer({ min: 0, max: 4e12 }).map((epochMs) => instantFromEpochMs(epochMs));
const pricing: fc.Arbitrary<Pricing> = fc.oneof(
  fc.record({
    status: fc.constant("priced" as const),
    cost: amount,
    priceId: name,
    listCost: optional(amount),
    alsoUsedCosts: optional(fc.array(amount, { minLength: 1, maxLength: 3 })),
  }),
  fc.record({
    status: fc.constant("reported" as const),
    cost: amount,
    bookCost: optional(amount),
    priceId: optional(name),
  }),
  fc.record({
    status: fc.constant("unpriced" as const),
    reason: name,
    units: fc.array(name, { maxLength: 3 }),
  }),
);
const unit = fc.oneof(
  fc.constantFrom<UsageUnit[]>(...knownUnits),
  fc.stringMatching(/^[a-z0-9_]{1,61}$/).map((own): UsageUnit => `x_${own}`),
);
const usage = fc.dictionary(unit, fc.integer({ min: 0, max: 1e9 }));
const conditions = (...names: readonly string[]) =>
  fc.record(Object.fromEntries(names.map((one) => [one, name])), { requiredKeys: [] });
const metric: fc.Arbitrary<AIUsageMetric> = fc.record({
  requestId: name,
  service: name,
  model: optional(name),
  operation: name,
  timestamp: moment,
  usage,
  alsoUsed: optional(fc.array(fc.record({ model: name, usage }), { minLength: 1, maxLength: 3 })),
  callCount: fc.integer({ min: 1, max: 1e6 }),
  served: optional(conditions(...servedConditionNames)),
  requested: optional(conditions("model", "tier", "region")),
  refusal: optional(fc.constantFrom(...refusals)),
  billingAccount: optional(name),
  reportedCost: optional(amount),
  latencyMs: optional(fc.nat()),
  timeToFirstTokenMs: optional(fc.nat()),
  attempts: optional(fc.integer({ min: 1, max: 1_000 })),
  userId: optional(name),
  team: optional(name),
  feature: optional(name),
  environment: optional(name),
  jobId: optional(name),
  batchId: optional(name),
  leaseId: optional(name),
  githubPr: optional(fc.nat()),
  error: optional(name),
  usageProblems: optional(fc.array(fc.string(), { minLength: 1, maxLength: 3 })),
  usageEstimated: optional(fc.constant(true as const)),
  responseQualityScore: optional(fc.integer({ min: 0, max: 10_000 }).map((units) => units / 10_000)),
  promptHash: optional(fc.stringMatching(/^[0-9a-f]{32}$/)),
  metadata: fc.dictionary(
    fc.stringMatching(/^[a-z][a-z0-9_.-]{0,20}$/),
    fc.oneof(
      fc.string(),
      fc.boolean(),
      fc.integer(),
      fc.double({ min: -1e9, max: 1e9, noNaN: true }).map((value) => Math.fround(value) || 0),
    ),
  ),
});
const volume: fc.Arbitrary<VolumePosition> = fc.record({ volumeId: name, before: fc.maxSafeNat() });
const formerPricing: fc.Arbitrary<FormerPricing> = fc.record({
  pricing,
  restatementId: name,
  until: moment,
  volume: optional(volume),
});
const pricedMetric: fc.Arbitrary<PricedMetric> = fc.record({
  metric,
  pricing,
  customScopes: fc.array(
    name.map((value) => `department:${value}`),
    { maxLength: 2 },
  ),
  volume: optional(volume),
  formerPricings: optional(fc.array(formerPricing, { minLength: 1, maxLength: 2 })),
});

describe("metric item", () => {
  it("is read back as the metric that it was made of", () => {
    fc.assert(
      fc.property(pricedMetric, (priced) => {
        expect(plain(fromMetricItem(stored(toMetricItem(priced, options))))).toEqual(plain(priced));
      }),
    );
  });

  it("is a function of the metric and its price: made again it is the same", () => {
    fc.assert(
      fc.property(pricedMetric, (priced) => {
        const item = toMetricItem(priced, options);
        expect(marshalled(toMetricItem(fromMetricItem(stored(item)), options))).toEqual(marshalled(item));
      }),
    );
  });

  it("keeps every digit of a cost", () => {
    const item = stored(toMetricItem(aPricedMetric({}, "123456789.123456789012345678"), options));
    expect(item.cost_usd).toBeInstanceOf(NumberValue);
    expect(String(item.cost_usd)).toBe("123456789.123456789012345678");
  });

  it("of a typical call has less than a kilobyte, so that writing it is one unit", () => {
    const typical = aPricedMetric(
      {
        requestId: "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT",
        timestamp: instantFromEpochMs(Date.UTC(2026, 10, 21, 10, 20, 30, 123)),
        usage: { input: 4808, cache_read: 1024, output: 10, reasoning: 256 },
        latencyMs: 1834,
        userId: "3f0c1a52-7c1f-4a7e-9b0e-0f6f7f1a2b3c",
        team: "growth",
        feature: "code-completion",
        environment: "production",
        jobId: "nightly-2026-11-21",
        metadata: { department: "engineering", region: "eu-central-1" },
      },
      "0.0123456",
      ["department:engineering"],
    );
    expect(itemSize(toMetricItem(typical, options))).toBeLessThan(1024);
  });

  it("is in the indexes that a query needs it in, and in no other", () => {
    const indexesOf = (given: Partial<AIUsageMetric>, serviceIndex: boolean) =>
      Object.keys(toMetricItem(aPricedMetric(given), { ...options, serviceIndex })).filter((key) =>
        /^GSI.PK$/.test(key),
      );
    expect(indexesOf({}, false)).toEqual([]);
    expect(indexesOf({}, true)).toEqual(["GSI1PK"]);
    expect(indexesOf({ jobId: "j" }, false)).toEqual(["GSI3PK"]);
    expect(toMetricItem(aPricedMetric({ batchId: "b" }), options).GSI3PK).toBe("BATCH#b");
    expect(toMetricItem(aPricedMetric({ batchId: "b", jobId: "j" }), options).GSI3PK).toBe("JOB#j");
  });

  it("without a price is listed by what would have one, its month and a lane, until it has one", () => {
    const unpriced: Pricing = { status: "unpriced", reason: "no price is known", units: [] };
    const item = toMetricItem(aPricedMetric({}, unpriced), options);
    expect(item.GSI2PK).toMatch(/^UNPRICED_METRICS#openai#gpt-4o#chat.completions#2026-11#[0-7]$/);
    expect(item.GSI2SK).toBe("2026-11-21T10:20:00.000Z#req-1");
    expect(toMetricItem(aPricedMetric(), options)).not.toHaveProperty("GSI2PK");
    const withoutModel = toMetricItem(aPricedMetric({ model: undefined }, unpriced), options);
    expect(withoutModel.GSI2PK).toMatch(/^UNPRICED_METRICS#openai##chat.completions#2026-11#/);
  });

  it("keeps the provider's figure beside a price that has a margin on it", () => {
    const reportedCost = Money.parse("1.5");
    const reported: Pricing = { status: "reported", cost: Money.parse("1.8"), bookCost: Money.parse("1.6") };
    const item = stored(toMetricItem(aPricedMetric({ reportedCost }, reported), options));
    expect([item.reported_cost_usd, item.cost_usd, item.book_cost_usd].map(String)).toEqual([
      "1.5",
      "1.8",
      "1.6",
    ]);
  });

  it("expires the days of retention after the call, in seconds since 1970", () => {
    const item = toMetricItem(aPricedMetric(), { ...options, retentionDays: 1 });
    expect(item.expires_at).toBe(Date.UTC(2026, 10, 22, 10, 20) / 1000);
  });
});

/** Bytes that DynamoDB counts: names and values as UTF-8, a number at half a byte a digit and one more. */
function itemSize(item: Item): number {
  const sizeOf = (value: unknown): number => {
    if (value === undefined) return 0;
    if (typeof value === "string") return Buffer.byteLength(value);
    if (typeof value === "number" || value instanceof NumberValue)
      return Math.ceil(String(value).length / 2) + 1;
    if (typeof value === "boolean") return 1;
    if (Array.isArray(value)) return 3 + value.reduce((sum: number, one) => sum + 1 + sizeOf(one), 0);
    return 3 + itemSize(value as Item) + Object.keys(value as Item).length;
  };
  return Object.entries(item).reduce(
    (sum, [key, value]) => sum + (value === undefined ? 0 : key.length + sizeOf(value)),
    0,
  );
}

describe("reading a metric item", () => {
  const good = stored(toMetricItem(aPricedMetric({ latencyMs: 5 }), options));

  it.each<[string, unknown]>([
    ["service", 5],
    ["operation", undefined],
    ["timestamp", "yesterday"],
    ["timestamp", "2026-13-41T10:20:00.000Z"],
    ["usage", []],
    ["input", undefined],
    ["call_count", NumberValue.from("1.5")],
    ["latency_ms", "fast"],
    ["also_used", [5]],
    ["served", "batch"],
    ["refusal", "maybe"],
    ["usage_problems", "many"],
    ["time_to_first_token_ms", "fast"],
    ["attempts", NumberValue.from("1.5")],
    ["usage_estimated", "yes"],
    ["response_quality_score", "good"],
    ["response_quality_score", NumberValue.from("1.5")],
    ["response_quality_score", NumberValue.from("-0.1")],
    ["prompt_hash", 5],
    ["reported_cost_usd", "1"],
    ["pricing_status", "guessed"],
    ["cost_usd", "0.5"],
    ["cost_usd", NumberValue.from(`0.${"0".repeat(18)}1`)],
    ["price_id", undefined],
    ["custom_scopes", [1]],
    ["metadata", "text"],
  ])("names %s when it is %j", (attribute, value) => {
    const item =
      attribute === "input" ? { ...good, usage: { input: "many" } } : { ...good, [attribute]: value };
    expect(() => fromMetricItem(item)).toThrow(InvalidItemError);
    expect(() => fromMetricItem(item)).toThrow(new RegExp(`^${attribute} `));
  });

  it("reads numbers as engines write them, with an exponent too", () => {
    const costOf = (text: string) => {
      const { pricing: read } = fromStoredMetricItem({ ...good, cost_usd: NumberValue.from(text) });
      return read.status === "unpriced" ? undefined : read.cost.toString();
    };
    expect(["7.5E-8", "75e-9", "1E+3", "1.25e2", "-1.5E-3", "0E0"].map(costOf)).toEqual([
      "0.000000075",
      "0.000000075",
      "1000",
      "125",
      "-0.0015",
      "0",
    ]);
    expect(() => costOf("1E+200")).toThrow(InvalidItemError);
  });
});

describe("content hash", () => {
  it("is of what was said, in whatever order it was said", () => {
    const { metric: one } = aPricedMetric({ metadata: { a: 1, b: "x" }, usage: { input: 1, output: 2 } });
    const other = { ...one, metadata: { b: "x", a: 1 }, usage: { output: 2, input: 1 } };
    expect(contentHash(other)).toBe(contentHash(one));
    expect(contentHash({ ...one, team: undefined })).toBe(contentHash(one));
  });

  it("is what it was before there were more fields, for a metric that has none of them", () => {
    const { metric: one } = aPricedMetric();
    expect(contentHash(one)).toBe("eEF13_Ua3WtNeMhg-CWd2M");
    const absent = {
      alsoUsed: undefined,
      served: undefined,
      requested: undefined,
      refusal: undefined,
      billingAccount: undefined,
      usageProblems: undefined,
      timeToFirstTokenMs: undefined,
      attempts: undefined,
      usageEstimated: undefined,
      responseQualityScore: undefined,
      promptHash: undefined,
    };
    expect(contentHash({ ...one, ...absent })).toBe("eEF13_Ua3WtNeMhg-CWd2M");
  });

  it("is the same for a metric that was stored and read", () => {
    fc.assert(
      fc.property(pricedMetric, (priced) => {
        const read = fromMetricItem(stored(toMetricItem(priced, options)));
        expect(contentHash(read.metric)).toBe(contentHash(priced.metric));
      }),
    );
  });

  it("is of the call, not of its price", () => {
    const [one, other] = [aPricedMetric({}, "1"), aPricedMetric({}, "2")].map((priced) =>
      toMetricItem(priced, options),
    );
    expect(one?.content_hash).toBe(other?.content_hash);
  });

  it("differs with every field", () => {
    const { metric: base } = aPricedMetric();
    const others: Partial<AIUsageMetric>[] = [
      { service: "x" },
      { model: undefined },
      { operation: "x" },
      { timestamp: instantFromEpochMs(0) },
      { usage: { input: 100, output: 21 } },
      { usage: { input: 100, output: 20, cache_read: 0 } },
      { callCount: 2 },
      { reportedCost: Money.parse("1") },
      { reportedCost: Money.parse("1.000000000000000001") },
      { latencyMs: 1 },
      { userId: "x" },
      { team: "x" },
      { feature: "x" },
      { environment: "x" },
      { jobId: "x" },
      { batchId: "x" },
      { leaseId: "lea_1" },
      { githubPr: 1 },
      { error: "x" },
      { alsoUsed: [{ model: "x", usage: { input: 1 } }] },
      { alsoUsed: [{ model: "x", usage: { input: 2 } }] },
      { served: { tier: "batch" } },
      { served: { region: "batch" } },
      { requested: { tier: "batch" } },
      { refusal: "before_output" },
      { refusal: "after_output" },
      { billingAccount: "x" },
      { usageProblems: ["x"] },
      { timeToFirstTokenMs: 1 },
      { attempts: 1 },
      { attempts: 2 },
      { usageEstimated: true },
      { responseQualityScore: 0 },
      { responseQualityScore: 0.0001 },
      { promptHash: "x" },
      { metadata: { a: 1 } },
      { metadata: { a: "1" } },
    ];
    const hashes = [{}, ...others].map((change) => contentHash({ ...base, ...change }));
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
