import { Amount, type Budget, type Instant, type Period, parseScope, periodAt, plusMs } from "@ai-usage/core";
import {
  budgetHistory,
  createBudget,
  editBudget,
  readBudget,
  readTotalsOfRanges,
  recordMetrics,
  rollUp,
} from "@ai-usage/store";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aNewBudget, aNote, at, spend } from "../support/budgets.ts";
import { type TestTable, withTable } from "../support/engine.ts";
import { aPricedMetric, metricOptions } from "../support/metrics.ts";
import { readStream, recordsOf } from "../support/stream.ts";

const of = (text: string) => Amount.parse(text);
const limitParts = async (table: TestTable, budget: Budget, now: Instant, period?: Period) => {
  const { limit, limitTotal, spent } = await readBudget(table, budget, now, period);
  const { amount, rolledOver, increased } = limit;
  return [amount, rolledOver, increased, limitTotal, spent].map(String);
};

describe("reading of a budget", () => {
  it("is of exactly the quarters of its period, whenever the budget was made", async () => {
    await withTable(async (table) => {
      const budget = aNewBudget({
        calendar: { timeZone: "Asia/Kathmandu" },
        createdAt: at("2026-11-21T12:00:00Z"),
      });
      await spend(table, [
        ["2026-11-20T18:14:59.999Z", "1000"],
        ["2026-11-20T18:15:00Z", "0.1"],
        ["2026-11-21T11:59:00Z", "0.02"],
        ["2026-11-21T18:14:59.999Z", "0.003"],
        ["2026-11-21T18:15:00Z", "1000"],
      ]);
      const read = await readBudget(table, budget, at("2026-11-21T12:00:00Z"));
      expect(read.period.id).toBe("2026-11-21");
      expect(read.spent.toString()).toBe("0.123");
      expect(read.totals.calls).toBe(3);
      expect((await readBudget(table, budget, at("2026-11-21T18:15:00Z"))).spent.toString()).toBe("1000");
    });
  });

  it("measures tokens and requests where the budget limits those", async () => {
    await withTable(async (table) => {
      const now = at("2026-11-21T12:00:00Z");
      const metrics = [1, 2].map((count) =>
        aPricedMetric({
          requestId: `call-${count}`,
          team: "growth",
          timestamp: at("2026-11-21T10:00:00Z"),
          usage: { input: 100 * count, cache_read: 5, output: 7 },
          callCount: count,
        }),
      );
      await recordMetrics(table, metrics, metricOptions);
      await rollUp(table, recordsOf(await readStream(table), "USAGE#"), "shard");
      const spentOf = async (unit: Budget["unit"]) =>
        (await readBudget(table, aNewBudget({ unit, thresholds: [] }), now)).spent.toString();
      expect(await spentOf("usd")).toBe("1");
      expect(await spentOf("tokens")).toBe("324");
      expect(await spentOf("requests")).toBe("3");
    });
  });

  it("finds nothing spent by the minute, where totals know no minutes", async () => {
    await withTable(async (table) => {
      await spend(table, [["2026-11-21T12:00:10Z", "5"]]);
      const budget = aNewBudget({ period: "minutely", enforcement: "hard", thresholds: [] });
      const read = await readBudget(table, budget, at("2026-11-21T12:00:30Z"));
      expect(read.period.id).toBe("20261121T1200Z");
      expect([read.limitTotal.toString(), read.spent.toString()]).toEqual(["100", "0"]);
      expect(await budgetHistory(table, budget, at("2026-11-21T12:00:30Z"), 5)).toEqual([]);
    });
  });

  it("projects the end of a period from its last seven days, or from all of it where that is shorter", async () => {
    await withTable(async (table) => {
      const spends = Array.from({ length: 20 }, (_, index): [string, string] => {
        const day = String(index + 1).padStart(2, "0");
        return [`2026-11-${day}T06:00:00Z`, index < 13 ? "100" : "1"];
      });
      await spend(table, spends);
      const monthly = aNewBudget({
        period: "monthly",
        createdAt: at("2026-11-01T00:00:00Z"),
        amount: of("1310"),
      });
      const now = at("2026-11-21T00:00:00Z");
      const { projection, spent } = await readBudget(table, monthly, now);
      expect(spent.toString()).toBe("1307");
      expect(projection?.spent.toString()).toBe("1317");
      expect(projection?.exhaustedAt).toBe("2026-11-24T00:00:00.000Z");
      const weekly = aNewBudget({ period: "weekly", createdAt: now });
      const ofWeek = await readBudget(table, weekly, now);
      expect([ofWeek.spent.toString(), ofWeek.projection?.spent.toString()]).toEqual(["5", "7"]);
      expect(
        (
          await readBudget(
            table,
            monthly,
            at("2026-12-05T00:00:00Z"),
            periodAt("monthly", now, monthly.calendar),
          )
        ).projection,
      ).toBeUndefined();
    });
  });

  it("goes by increases while they last, and by the amount of a period's end once it is over", async () => {
    await withTable(async (table) => {
      const budget = aNewBudget({ createdAt: at("2026-11-20T06:00:00Z") });
      await createBudget(table, budget, aNote("created", { at: budget.createdAt }));
      const edit = async (...[edited, time]: [Parameters<typeof editBudget>[2], string]) => {
        const outcome = await editBudget(
          table,
          budget.budgetId,
          edited,
          aNote(`chg_${time}`, { at: at(time) }),
        );
        if (outcome.outcome !== "edited") throw new Error(outcome.outcome);
        return outcome.budget;
      };
      await edit({ kind: "update", terms: { amount: of("120") } }, "2026-11-20T18:00:00Z");
      const increase = {
        increaseId: "inc_1",
        amount: of("30"),
        from: at("2026-11-21T10:00:00Z"),
        until: at("2026-11-21T14:00:00Z"),
        by: "token_1",
        reason: "launch",
      };
      await edit({ kind: "increase", increase }, "2026-11-20T19:00:00Z");
      const edited = await edit({ kind: "update", terms: { amount: of("70") } }, "2026-11-21T12:00:00Z");
      const limits = async (time: string) => (await limitParts(table, edited, at(time))).slice(0, 4);
      expect(await limits("2026-11-21T09:59:59.999Z")).toEqual(["120", "0", "0", "120"]);
      expect(await limits("2026-11-21T10:00:00Z")).toEqual(["120", "0", "30", "150"]);
      expect(await limits("2026-11-21T13:59:59.999Z")).toEqual(["70", "0", "30", "100"]);
      expect(await limits("2026-11-21T14:00:00Z")).toEqual(["70", "0", "0", "70"]);
      const first = periodAt("daily", budget.createdAt, budget.calendar);
      expect((await limitParts(table, edited, at("2026-11-25T00:00:00Z"), first)).slice(0, 4)).toEqual([
        "120",
        "0",
        "0",
        "120",
      ]);
    });
  });
});

describe("rollover", () => {
  const daily = () =>
    aNewBudget({
      amount: of("10"),
      rollover: { cap: of("15") },
      createdAt: at("2026-11-16T15:00:00Z"),
    });

  it("brings what was not used into the next period, the cap at most, from the budget's first one on", async () => {
    await withTable(async (table) => {
      await spend(table, [
        ["2026-11-15T12:00:00Z", "1"],
        ["2026-11-16T12:00:00Z", "4"],
        ["2026-11-18T12:00:00Z", "0.000000000000000001"],
        ["2026-11-19T12:00:00Z", "27"],
        ["2026-11-20T12:00:00Z", "9"],
      ]);
      const budget = daily();
      const rolled = async (day: string) => (await limitParts(table, budget, at(`${day}T12:00:00Z`)))[1];
      expect(await rolled("2026-11-16")).toBe("0");
      expect(await rolled("2026-11-17")).toBe("6");
      expect(await rolled("2026-11-18")).toBe("15");
      expect(await rolled("2026-11-19")).toBe("15");
      expect(await rolled("2026-11-20")).toBe("0");
      expect(await rolled("2026-11-21")).toBe("1");
      expect(await rolled("2026-11-22")).toBe("11");
      expect(await limitParts(table, budget, at("2026-11-21T12:00:00Z"))).toEqual([
        "10",
        "1",
        "0",
        "11",
        "0",
      ]);
    });
  });

  it("changes with a late event of a period that is over, and with each that follows", async () => {
    await withTable(async (table) => {
      const budget = daily();
      await spend(table, [["2026-11-18T12:00:00Z", "8"]]);
      const rolled = async () => (await limitParts(table, budget, at("2026-11-19T12:00:00Z")))[1];
      // 10 are left of the 16th and 10 more of the 17th: the cap of 15 comes into the 18th, and 17 would leave it.
      expect(await rolled()).toBe("15");
      await spend(table, [["2026-11-17T23:59:59.999Z", "19"]]);
      expect(await rolled()).toBe("3");
      await spend(table, [["2026-11-16T16:00:00Z", "9.5"]]);
      expect(await rolled()).toBe("2");
    });
  });

  it("begins with the period in which it is agreed, and ends with it", async () => {
    await withTable(async (table) => {
      const budget = aNewBudget({ amount: of("10"), createdAt: at("2026-11-10T12:00:00Z") });
      await createBudget(table, budget, aNote("created", { at: budget.createdAt }));
      const edit = async (rollover: { cap: Amount } | null, time: string) => {
        const note = aNote(`chg_${time}`, { at: at(time) });
        const outcome = await editBudget(
          table,
          budget.budgetId,
          { kind: "update", terms: { rollover } },
          note,
        );
        if (outcome.outcome !== "edited") throw new Error(outcome.outcome);
        return outcome.budget;
      };
      await spend(table, [["2026-11-19T12:00:00Z", "4"]]);
      const agreed = await edit({ cap: of("100") }, "2026-11-20T12:00:00Z");
      const rolled = async (of: Budget, now: string) => (await limitParts(table, of, at(now)))[1];
      expect(await rolled(agreed, "2026-11-20T13:00:00Z")).toBe("6");
      expect(await rolled(agreed, "2026-11-21T13:00:00Z")).toBe("16");
      const ended = await edit(null, "2026-11-22T12:00:00Z");
      expect(await rolled(ended, "2026-11-22T13:00:00Z")).toBe("0");
      const rolledOver = (await budgetHistory(table, ended, at("2026-11-22T13:00:00Z"), 4)).map((one) =>
        one.rolledOver.toString(),
      );
      expect(rolledOver).toEqual(["0", "16", "6", "0"]);
    });
  });

  it("does not bring on what a temporary increase left", async () => {
    await withTable(async (table) => {
      const budget: Budget = {
        ...daily(),
        increases: [
          {
            increaseId: "inc_1",
            amount: of("50"),
            from: at("2026-11-16T00:00:00Z"),
            until: at("2026-11-18T00:00:00Z"),
            by: "token_1",
            reason: "launch",
          },
        ],
      };
      await spend(table, [["2026-11-16T12:00:00Z", "40"]]);
      expect((await limitParts(table, budget, at("2026-11-17T12:00:00Z"))).slice(1, 3)).toEqual(["0", "50"]);
      expect((await limitParts(table, budget, at("2026-11-18T12:00:00Z"))).slice(1, 3)).toEqual(["10", "0"]);
    });
  });
});

describe("history of a budget", () => {
  it("has each period as it was, the running one first, back to the one that it was made in", async () => {
    await withTable(async (table) => {
      const budget = aNewBudget({
        period: "monthly",
        amount: of("100"),
        rollover: { cap: of("30") },
        calendar: { timeZone: "Asia/Kathmandu" },
        createdAt: at("2026-08-20T00:00:00Z"),
      });
      await spend(table, [
        ["2026-07-20T00:00:00Z", "5"],
        ["2026-08-31T18:14:59.999Z", "60"],
        ["2026-08-31T18:15:00Z", "120"],
        ["2026-10-31T18:15:00Z", "200"],
      ]);
      const now = at("2026-11-21T12:00:00Z");
      const rows = (await budgetHistory(table, budget, now, 12)).map((one) => [
        one.period.id,
        ...[one.budgeted, one.rolledOver, one.increased, one.spent].map(String),
      ]);
      expect(rows).toEqual([
        ["2026-11", "100", "30", "0", "200"],
        ["2026-10", "100", "10", "0", "0"],
        ["2026-09", "100", "30", "0", "120"],
        ["2026-08", "100", "0", "0", "60"],
      ]);
      // The part of it is the same: what came before still counts.
      const last = (await budgetHistory(table, budget, now, 2)).map(({ rolledOver }) =>
        rolledOver.toString(),
      );
      expect(last).toEqual(["30", "10"]);
      expect(await budgetHistory(table, budget, now, 0)).toEqual([]);
    });
  });
});

describe("totals of ranges that follow each other", () => {
  it("are those of each alone, in any zone", async () => {
    await withTable(async (table) => {
      const first = Date.UTC(2026, 9, 28);
      const spends = Array.from({ length: 120 }, (_, index): [string, string] => [
        new Date(first + index * 2_700_000 * 3).toISOString(),
        `${index + 1}.${index}`,
      ]);
      await spend(table, spends);
      for (const timeZone of ["UTC", "America/New_York", "Asia/Kathmandu"])
        for (const kind of ["hourly", "daily", "weekly"] as const) {
          const periods: Period[] = [];
          for (let moment = at("2026-10-27T00:00:00Z"); moment < at("2026-11-14T00:00:00Z"); ) {
            const period = periodAt(kind, moment, { timeZone });
            periods.push(period);
            moment = period.end;
          }
          const totals = await readTotalsOfRanges(table, parseScope("team:growth"), periods);
          const expected = periods.map(({ start, end }) =>
            Amount.sum(
              spends.filter(([time]) => start <= time && time < end).map(([, cost]) => of(cost)),
            ).toString(),
          );
          expect(totals.map(({ cost }) => cost.toString())).toEqual(expected);
        }
      expect(await readTotalsOfRanges(table, parseScope("team:growth"), [])).toEqual([]);
    });
  });
});

/** The days of New York, both changes of clocks among them, by Intl and not by our own calendar. */
const newYork = new Intl.DateTimeFormat("sv-SE", { timeZone: "America/New_York", dateStyle: "short" });
const changesOfClocks = [Date.UTC(2026, 2, 6, 5), Date.UTC(2026, 9, 30, 4)];
const hourMs = 3_600_000;

describe("any daily budget of New York over a change of clocks", () => {
  it("has spent and rolled over what a ledger by hand says", async () => {
    const spends = fc.array(fc.tuple(fc.nat(5 * 24 * 60 - 1), fc.nat(20)), { maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...changesOfClocks),
        spends,
        fc.record({ amount: fc.integer({ min: 1, max: 25 }), cap: fc.nat(30), madeAfterHours: fc.nat(60) }),
        async (start, calls, { amount, cap, madeAfterHours }) => {
          await withTable(async (table) => {
            const createdAt = plusMs(at(new Date(start).toISOString()), madeAfterHours * hourMs);
            const budget = aNewBudget({
              amount: of(String(amount)),
              rollover: { cap: of(String(cap)) },
              calendar: { timeZone: "America/New_York" },
              createdAt,
            });
            const timed = calls.map(([minute, cost]) => ({ time: start + minute * 60_000, cost }));
            await spend(
              table,
              timed.map(({ time, cost }) => [new Date(time).toISOString(), String(cost)]),
            );
            const now = start + 4.5 * 24 * hourMs;
            const days = [
              ...new Set(Array.from({ length: 109 }, (_, hour) => newYork.format(start + hour * hourMs))),
            ];
            const lived = days.filter(
              (day) => newYork.format(new Date(createdAt)) <= day && day <= newYork.format(now),
            );
            let rolled = 0;
            const expected = lived.map((day) => {
              const spent = timed
                .filter(({ time }) => newYork.format(time) === day)
                .reduce((sum, { cost }) => sum + cost, 0);
              const row = [day, String(rolled), String(spent)];
              rolled = Math.min(Math.max(amount + rolled - spent, 0), cap);
              return row;
            });
            const instant = at(new Date(now).toISOString());
            const history = await budgetHistory(table, budget, instant, 10);
            expect(history.map((one) => [one.period.id, `${one.rolledOver}`, `${one.spent}`])).toEqual(
              expected.toReversed(),
            );
            const parts = await limitParts(table, budget, instant);
            expect([parts[1], parts[4]]).toEqual(expected.at(-1)?.slice(1));
          });
        },
      ),
      { numRuns: 25 },
    );
  });
});
