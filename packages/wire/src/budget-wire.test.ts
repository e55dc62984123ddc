import {
  Amount,
  applyEdit,
  type Budget,
  budgetStatus,
  newBudget,
  type PeriodHistory,
  parseInstant,
  periodAt,
} from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import {
  parseBudgetList,
  parseBudgetPatch,
  parseHistoryQuery,
  parseIncrease,
  parseNewBudget,
  toWireBudget,
  toWireBudgetHistory,
  toWireBudgetStatus,
} from "./budget-wire.ts";
import { errorsOf } from "./errors-fixture.ts";

const now = parseInstant("2026-11-22T12:00:00Z");
const smallest = { scope: "team:growth", amount: "100", period: "monthly" };

function budgetOf(change: object = {}): Budget {
  const { creation } = parseNewBudget({ ...smallest, ...change }, "bud_1");
  const made = newBudget(creation, { at: now, by: "token_1" });
  if (made.outcome === "invalid") throw new Error(made.problem);
  return made.budget;
}
const fieldsOf = (act: () => unknown) => errorsOf(act).map(({ field }) => field);
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("budget of a request", () => {
  it("is shown with all that it has, in exact text", () => {
    expect(plain(toWireBudget(budgetOf(), now))).toEqual({
      budget_id: "bud_1",
      name: "team:growth monthly",
      scope: "team:growth",
      unit: "usd",
      amount: "100",
      currency: "USD",
      period: "monthly",
      time_zone: "UTC",
      week_starts_on: "monday",
      fiscal_year_starts_in: 1,
      thresholds: [
        { percent: "50", amount: "50", on: "actual", level: "INFO" },
        { percent: "80", amount: "80", on: "actual", level: "WARNING" },
        { percent: "95", amount: "95", on: "actual", level: "CRITICAL" },
        { percent: "100", amount: "100", on: "actual", level: "EXCEEDED" },
      ],
      enforcement: "soft",
      fail_mode: "open",
      metadata: {},
      active: true,
      revision: 1,
      created_at: now,
      created_by: "token_1",
      updated_at: now,
      increases: [],
    });
  });

  it("has no currency where it is not about money", () => {
    expect(toWireBudget(budgetOf({ unit: "requests" }), now)).not.toHaveProperty("currency");
  });

  it("that is sent as it was shown is the same budget", () => {
    const { budget_id, currency, active, revision, created_at, created_by, updated_at, increases, ...shown } =
      toWireBudget(
        budgetOf({
          thresholds: [80, { percent: 100, on: "forecast" }],
          rollover: {},
          spike: { times: "2.5", at_least: "1" },
          contact: "finance",
          metadata: { cost_center: "4711" },
        }),
        now,
      );
    const thresholds = shown.thresholds.map(({ percent, on, level }) => ({ percent, on, level }));
    expect(toWireBudget(budgetOf({ ...shown, thresholds }), now)).toMatchObject(shown);
  });

  it("has the id that its manager and key make, whatever it is named and how much it is", () => {
    const managed = { managed_by: "code:main", managed_key: "growth" };
    const idOf = (change: object) =>
      parseNewBudget({ ...smallest, ...managed, ...change }, "bud_1").creation.budgetId;
    expect(idOf({})).toBe(idOf({ amount: 5, name: "other" }));
    expect(new Set([idOf({}), idOf({ managed_key: "b" }), idOf({ period: "daily" }), "bud_1"]).size).toBe(4);
  });

  it.each<[object, string]>([
    [{ managed_by: "code:main" }, "managed_key"],
    [{ managed_key: "growth" }, "managed_by"],
    [{ managed_by: "configure", managed_key: "growth" }, "managed_by"],
    [{ managed_by: "template:x", managed_key: "growth" }, "managed_by"],
  ])("is not managed by %j", (change, field) => {
    expect(fieldsOf(() => budgetOf(change))).toEqual([field]);
  });
});

describe("change of a budget", () => {
  const patch = (body: unknown, budget = budgetOf()) => parseBudgetPatch(body, budget);

  it("is what is given and nothing else; null ends what a budget may go without", () => {
    expect(plain(patch({ amount: 5, reason: "we grow" }))).toEqual({
      terms: { amount: "5" },
      reason: "we grow",
    });
    expect(patch({ rollover: null, spike: null, contact: null }).terms).toEqual({
      rollover: null,
      spike: null,
      contact: null,
    });
  });

  it("lets as much roll over as the amount that it leaves", () => {
    expect(plain(patch({ rollover: {} }).terms)).toEqual({ rollover: { cap: "100" } });
    expect(plain(patch({ rollover: {}, amount: "7" }).terms)).toMatchObject({ rollover: { cap: "7" } });
  });

  it("gives a threshold without a level the one that the amount gives it", () => {
    const { thresholds } = patch({ thresholds: [{ amount: 80 }], amount: 100 }).terms;
    expect(thresholds?.[0]?.level).toBe("WARNING");
  });

  it.each(["scope", "unit", "period", "time_zone", "week_starts_on", "fiscal_year_starts_in"])(
    "of its %s takes a new budget",
    (field) => {
      const [error] = errorsOf(() => patch({ [field]: "monthly", amount: 5 }));
      expect(error).toEqual({ field, message: expect.stringContaining("make a new budget") });
    },
  );

  it.each<[unknown, string]>([
    [{}, "(body)"],
    [{ reason: "why not" }, "(body)"],
    [null, "(body)"],
    [{ amount: null }, "amount"],
    [{ amount: "1000000001" }, "amount"],
    [{ name: null }, "name"],
    [{ thresholds: [0] }, "thresholds[0]"],
    [{ enforcement: "firm" }, "enforcement"],
    [{ rollover: "all" }, "rollover"],
    [{ managed_by: "code:x" }, "managed_by"],
    [{ active: false }, "active"],
  ])("%j is refused by the name of the field", (body, field) => {
    expect(fieldsOf(() => patch(body))).toEqual([field]);
  });
});

describe("temporary increase of a request", () => {
  const increaseOf = (change: object, budget = budgetOf()) =>
    parseIncrease({ amount: 50, reason: "launch", ...change }, { budget, increaseId: "inc_1", now, by: "t" });

  it("lasts until it is said to, or for some hours from its beginning", () => {
    expect(plain(increaseOf({ until: "2026-11-23T00:00:00Z" }))).toEqual({
      increaseId: "inc_1",
      amount: "50",
      from: now,
      until: "2026-11-23T00:00:00.000Z",
      by: "t",
      reason: "launch",
    });
    expect(increaseOf({ hours: 1.5, from: "2026-11-24T00:00:00+01:00" })).toMatchObject({
      from: "2026-11-23T23:00:00.000Z",
      until: "2026-11-24T00:30:00.000Z",
    });
    expect(increaseOf({ hours: 1, from: "2026-11-01T00:00:00Z" })).toMatchObject({ from: now });
  });

  it("is planned, in force, and ended, by its own time", () => {
    const increase = increaseOf({ hours: 1, from: "2026-11-22T13:00:00Z" });
    const note = { changeId: "c", at: now, by: "t" };
    const edited = applyEdit(budgetOf(), { kind: "increase", increase }, note);
    if (edited.outcome === "invalid") throw new Error(edited.problem);
    const stateAt = (at: string) => toWireBudget(edited.budget, parseInstant(at)).increases[0]?.state;
    expect(["2026-11-22T12:59:59.999Z", "2026-11-22T13:00:00Z", "2026-11-22T14:00:00Z"].map(stateAt)).toEqual(
      ["planned", "in_force", "ended"],
    );
  });

  it.each<[object, string]>([
    [{}, "until"],
    [{ hours: 1, until: "2026-11-23T00:00:00Z" }, "until"],
    [{ until: "2026-11-22T12:00:00Z" }, "until"],
    [{ until: "2030-01-01T00:00:00Z" }, "until"],
    [{ until: "tomorrow" }, "until"],
    [{ hours: 1, from: "9999-12-31T23:30:00Z" }, "from"],
    [{ hours: 0 }, "hours"],
    [{ hours: 9000 }, "hours"],
    [{ hours: "1" }, "hours"],
    [{ hours: 1, amount: 0 }, "amount"],
    [{ hours: 1, amount: "1000000001" }, "amount"],
    [{ hours: 1, reason: "" }, "reason"],
    [{ hours: 1, reason: undefined }, "reason"],
    [{ hours: 1, by: "me" }, "by"],
  ])("%j is refused by the name of the field", (change, field) => {
    expect(fieldsOf(() => increaseOf(change))).toEqual([field]);
  });

  it("of requests is a whole number of them", () => {
    expect(fieldsOf(() => increaseOf({ hours: 1, amount: "0.5" }, budgetOf({ unit: "requests" })))).toEqual([
      "amount",
    ]);
  });
});

describe("budget status", () => {
  const period = periodAt("monthly", now, { timeZone: "UTC" });

  it("is shown in exact text, and its parts make up the limit", () => {
    const status = budgetStatus({
      budget: budgetOf(),
      period,
      limit: { amount: Amount.parse("100"), rolledOver: Amount.parse("10"), increased: Amount.parse("5") },
      spent: Amount.parse("115.000000000000000001"),
      reserved: Amount.parse("3"),
      unpricedCalls: 2,
      projection: { spent: Amount.parse("160"), perHour: Amount.parse("0.2"), exhaustedAt: now },
      wouldHaveRefused: { calls: 3, amount: Amount.parse("0.3") },
      now,
    });
    expect(toWireBudgetStatus(status, now)).toMatchObject({
      budget: { budget_id: "bud_1" },
      limit: "115",
      limit_parts: { amount: "100", rolled_over: "10", increased: "5" },
      spent: "115.000000000000000001",
      reserved: "3",
      remaining: "-3.000000000000000001",
      percent_used: "100",
      exceeded: true,
      overage: "0.000000000000000001",
      hours_until_reset: 204,
      unpriced_calls: 2,
      projected: { spent: "160", per_hour: "0.2", exhausted_at: now },
      would_have_refused: { calls: 3, amount: "0.3" },
      period: { id: "2026-11", kind: "monthly" },
    });
  });

  it("says nothing of what is not known", () => {
    const none = { amount: Amount.parse("100"), rolledOver: Amount.zero, increased: Amount.zero };
    const status = budgetStatus({
      budget: budgetOf(),
      period,
      limit: none,
      spent: Amount.zero,
      reserved: Amount.zero,
      unpricedCalls: 0,
      now,
    });
    const shown = toWireBudgetStatus(status, now);
    expect(shown).not.toHaveProperty("projected");
    expect(shown).not.toHaveProperty("would_have_refused");
  });
});

describe("history of a budget", () => {
  it("shows what made up each limit, and which period runs", () => {
    const history: PeriodHistory[] = [now, parseInstant("2026-10-05T00:00:00Z")].map((at) => ({
      period: periodAt("monthly", at, { timeZone: "UTC" }),
      budgeted: Amount.parse("100"),
      rolledOver: Amount.parse("20"),
      increased: Amount.parse("5"),
      spent: Amount.parse("25"),
    }));
    const { periods } = toWireBudgetHistory(budgetOf(), history, now);
    expect(periods).toMatchObject([
      { id: "2026-11", limit: "125", spent: "25", percent_used: "20", running: true },
      { id: "2026-10", budgeted: "100", rolled_over: "20", increased: "5", running: false },
    ]);
  });

  it.each(["0", "121", "-1", "x", ""])("of %j periods is refused", (periods) => {
    expect(fieldsOf(() => parseHistoryQuery({ periods }))).toEqual(["periods"]);
  });

  it("is of twelve periods where no number is asked for", () => {
    expect([parseHistoryQuery({}), parseHistoryQuery({ periods: "120" })]).toEqual([12, 120]);
  });
});

describe("question for budgets", () => {
  it("may name a scope, a manager, and whether they are active", () => {
    const query = { scope: "team:growth", active: "false", managed_by: "code:main", limit: "5" };
    expect(parseBudgetList(query)).toEqual({
      limit: 5,
      scope: "team:growth",
      active: false,
      managedBy: "code:main",
    });
  });

  it.each<[object, string]>([
    [{ active: "yes" }, "active"],
    [{ scope: "growth" }, "scope"],
    [{ limit: "0" }, "limit"],
    [{ colour: "red" }, "colour"],
  ])("%j is refused by the name of the parameter", (query, field) => {
    expect(fieldsOf(() => parseBudgetList(query))).toEqual([field]);
  });
});
