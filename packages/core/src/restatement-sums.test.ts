import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aBudget, aMetric, aPricedMetric } from "./fixtures.ts";
import type { AIUsageMetric, Pricing } from "./metric.ts";
import { Money } from "./money.ts";
import { periodKinds } from "./period.ts";
import type { PriceChange } from "./restatement.ts";
import {
  addChanges,
  budgetPeriodKey,
  type ChangeSums,
  differenceOf,
  mergeSums,
  noRestatementSums,
  OTHER_SCOPES,
  parseBudgetPeriodKey,
  type RestatementSums,
} from "./restatement-sums.ts";
import { contributionsOf } from "./rollup.ts";
import { parseScope, scopeOf } from "./scope.ts";
import { instantFromEpochMs, parseInstant } from "./time.ts";

const usd = (text: string) => Money.parse(text);
const priced = (cost: string, given: object = {}): Pricing => ({
  status: "priced",
  cost: usd(cost),
  priceId: "row",
  ...given,
});
const _reported = (cost: string, bookCost?: string): Pricing => ({
  status: "reported",
  cost: usd(cost),
  ...(bookCost !== undefined && { bookCost: usd(bookCost) }),
});
const unpriced: Pricing = { status: "unpriced", reason: "no price is known", units: [] };

const change = (before: Pricing, after: Pricing, metric: Partial<AIUsageMetric> = {}): PriceChange => ({
  metric: aMetric(metric),
  customScopes: ["department:r&d"],
  before,
  after,
});
const figures = ({ metrics, calls, before, after }: ChangeSums) => [metrics, calls, `${before}`, `${after}`];
const table = (sums: ReadonlyMap<string, ChangeSums>) =>
  Object.fromEntries([...sums].map(([key, one]) => [key, figures(one)]));
const plain = ({ seen, total, byDay, byScope, byBudget }: RestatementSums) => ({
  seen,
  total: figures(total),
  byDay: table(byDay),
  byScope: table(byScope),
  byBudget: table(byBudget),
});

describe("sums of price changes", () => {
  const added = (changes: readonly PriceChange[], budgets = [aBudget()], scopesMax = 100) =>
    addChanges(noRestatementSums, { seen: 5, changes, budgets }, scopesMax);

  it("are by day, by scope, and by budget and period", () => {
    const changes = [
      change(unpriced, priced("2"), { team: "growth", callCount: 3 }),
      change(priced("4"), priced("1"), { team: "search", timestamp: parseInstant("2026-11-22T00:00:00Z") }),
    ];
    const budgets = [
      aBudget(),
      aBudget({
        budgetId: "bud_2",
        scope: parseScope("global:all"),
        period: "daily",
        calendar: { timeZone: "Asia/Tokyo" },
      }),
      aBudget({ budgetId: "bud_3", scope: parseScope("user:ann") }),
      aBudget({ budgetId: "bud_4", unit: "tokens" }),
    ];
    expect(plain(added(changes, budgets))).toEqual({
      seen: 5,
      total: [2, 4, "4", "3"],
      byDay: { "2026-11-21": [1, 3, "0", "2"], "2026-11-22": [1, 1, "4", "1"] },
      byScope: {
        "global:all": [2, 4, "4", "3"],
        "service:openai": [2, 4, "4", "3"],
        "model:gpt-4o": [2, 4, "4", "3"],
        "department:r&d": [2, 4, "4", "3"],
        "team:growth": [1, 3, "0", "2"],
        "team:search": [1, 1, "4", "1"],
      },
      byBudget: {
        "bud_1#2026-11": [1, 3, "0", "2"],
        "bud_2#2026-11-21": [1, 3, "0", "2"],
        "bud_2#2026-11-22": [1, 1, "4", "1"],
      },
    });
  });

  it("have for each model that ran in a call its own part, as its totals do", () => {
    const alsoUsed = [{ model: "mini", usage: { input: 1 } }];
    const several = change(unpriced, priced("5", { alsoUsedCosts: [usd("2")] }), { alsoUsed, callCount: 3 });
    const budget = aBudget({ scope: scopeOf("model", "mini") });
    const sums = plain(added([several], [budget]));
    expect(sums.byScope).toMatchObject({
      "global:all": [1, 3, "0", "5"],
      "model:gpt-4o": [1, 3, "0", "3"],
      "model:mini": [1, 0, "0", "2"],
    });
    expect(sums.byBudget).toEqual({ "bud_1#2026-11": [1, 0, "0", "2"] });
  });

  it("go under one name where more scopes change than are listed", () => {
    const users = ["ann", "bob", "cem"].map((userId) => change(priced("1"), priced("3"), { userId }));
    const sums = added(users, [], 5);
    expect(table(sums.byScope)).toEqual({
      "global:all": [3, 3, "3", "9"],
      "service:openai": [3, 3, "3", "9"],
      "model:gpt-4o": [3, 3, "3", "9"],
      "user:ann": [1, 1, "1", "3"],
      "department:r&d": [3, 3, "3", "9"],
      [OTHER_SCOPES]: [2, 2, "2", "6"],
    });
    const more = addChanges(sums, { seen: 0, changes: users, budgets: [] }, 5);
    expect(table(more.byScope)).toMatchObject({
      "user:ann": [2, 2, "2", "6"],
      [OTHER_SCOPES]: [4, 4, "4", "12"],
    });
  });

  it("go under one name where more budgets and periods change than are listed", () => {
    const days = ["21", "22", "23"].map((day) =>
      change(priced("1"), priced("3"), { timestamp: parseInstant(`2026-11-${day}T12:00:00Z`) }),
    );
    const daily = aBudget({ scope: parseScope("global:all"), period: "daily" });
    expect(table(added(days, [daily], 2).byBudget)).toEqual({
      "bud_1#2026-11-21": [1, 1, "1", "3"],
      "bud_1#2026-11-22": [1, 1, "1", "3"],
      [OTHER_SCOPES]: [1, 1, "1", "3"],
    });
  });

  it("leave what they are added to as it was", () => {
    const before = added([change(priced("1"), priced("2"))]);
    const copy = plain(before);
    addChanges(before, { seen: 1, changes: [change(priced("1"), priced("3"))], budgets: [aBudget()] }, 100);
    expect(plain(before)).toEqual(copy);
    expect(plain(noRestatementSums)).toEqual({
      seen: 0,
      total: [0, 0, "0", "0"],
      byDay: {},
      byScope: {},
      byBudget: {},
    });
  });

  it("name a budget and its period by a key that tells both", () => {
    for (const periodId of ["2026-11", "2026-W47", "20261121T1015Z"]) {
      const id = { budgetId: "bud_1", periodId };
      expect(parseBudgetPeriodKey(budgetPeriodKey(id))).toEqual(id);
    }
  });
});

const amounts = fc.nat(1_000).map((count) => usd("0.001").times(BigInt(count)).toString());
const pricings = fc.oneof(
  fc.constant(unpriced),
  amounts.map((cost) => priced(cost, { alsoUsedCosts: [usd("0")] })),
);
const changes = fc.array(
  fc
    .record({
      before: pricings,
      after: pricings,
      userId: fc.constantFrom("ann", "bob", undefined),
      hour: fc.nat(100),
      mini: fc.boolean(),
    })
    .map(({ before, after, userId, hour, mini }) => {
      const timestamp = instantFromEpochMs(Date.UTC(2026, 10, 20, hour));
      const alsoUsed = mini ? [{ model: "mini", usage: {} }] : undefined;
      return change(before, after, { userId, timestamp, alsoUsed });
    }),
  { maxLength: 6 },
);
const budgets = fc.array(
  fc.record({
    scope: fc.constantFrom("user:ann", "global:all", "model:mini"),
    period: fc.constantFrom(...periodKinds),
  }),
  { maxLength: 3 },
);

describe("sums of any price changes", () => {
  it("are the same in one piece, in several that follow each other, and in several that are merged", () => {
    fc.assert(
      fc.property(changes, changes, budgets, (first, second, drawn) => {
        const all = drawn.map(({ scope, period }, index) =>
          aBudget({ budgetId: `bud_${index}`, scope: parseScope(scope), period }),
        );
        const add = (to: RestatementSums, some: readonly PriceChange[]) =>
          addChanges(to, { seen: some.length, changes: some, budgets: all }, 100);
        const whole = plain(add(noRestatementSums, [...first, ...second]));
        expect(plain(add(add(noRestatementSums, first), second))).toEqual(whole);
        const parts = [add(noRestatementSums, first), add(noRestatementSums, second)];
        expect(plain(mergeSums(parts))).toEqual(whole);
        expect(plain(mergeSums([...parts].reverse()))).toEqual(whole);
      }),
    );
    expect(mergeSums([])).toEqual(noRestatementSums);
  });

  it("differ by what the totals of days and scopes do", () => {
    fc.assert(
      fc.property(changes, (some) => {
        const sums = addChanges(noRestatementSums, { seen: 0, changes: some, budgets: [] }, 100);
        const moved = new Map<string, Money>();
        for (const { metric, customScopes, before, after } of some) {
          const contributions = contributionsOf({
            before: aPricedMetric(metric, before, customScopes),
            after: aPricedMetric(metric, after, customScopes),
          });
          for (const { counter, delta } of contributions) {
            if (counter.kind !== "day") continue;
            moved.set(counter.scope, (moved.get(counter.scope) ?? Money.zero).plus(delta.cost));
          }
        }
        for (const [scope, one] of sums.byScope)
          expect(differenceOf(one).toString(), scope).toBe((moved.get(scope) ?? Money.zero).toString());
        expect(differenceOf(sums.total).toString()).toBe((moved.get("global:all") ?? Money.zero).toString());
      }),
    );
  });
});
