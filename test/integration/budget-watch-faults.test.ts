import { Amount, type Budget, type Instant, parseInstant, plusMs } from "@ai-usage/core";
import {
  BudgetWatch,
  budgetNewsOf,
  createBudget,
  editBudget,
  newAlertsOf,
  openTable,
  type StreamRecord,
  type Table,
} from "@ai-usage/store";
import { describe, expect, it } from "vitest";
import { aNewBudget, aNote, correct, spend } from "../support/budgets.ts";
import { randomFrom } from "../support/deliveries.ts";
import { engineConfig, type TestTable, withTable } from "../support/engine.ts";
import { type Item, itemsOf } from "../support/items.ts";
import { readStream, recordsOf } from "../support/stream.ts";
import { StreamFollower } from "../support/stream-follower.ts";

const now = parseInstant("2026-11-21T12:00:00Z");
const DAY = "2026-11-21";
const usd = (text: string) => Amount.parse(text);

const aBudget = (given: Parameters<typeof aNewBudget>[0] = {}) =>
  aNewBudget({
    amount: usd("10"),
    thresholds: [
      { at: { percent: "50" }, on: "actual", level: "INFO" },
      { at: { percent: "80" }, on: "actual", level: "WARNING" },
      { at: { percent: "100" }, on: "actual", level: "EXCEEDED" },
    ],
    ...given,
  });

let edits = 0;
async function setAmount(table: Table, budget: Budget, amount: string, at: Instant = now): Promise<void> {
  edits += 1;
  const note = aNote(`amount-${edits}`, { at });
  await editBudget(table, budget.budgetId, { kind: "update", terms: { amount: usd(amount) } }, note);
}

/** Hands records to a process that remembers nothing. */
const watch = (table: Table, records: readonly StreamRecord[], at: Instant = now) =>
  new BudgetWatch(table).raiseDueAlerts(budgetNewsOf(records), at);

function shuffled<T>(all: readonly T[], random: () => number): T[] {
  return all
    .map((one) => [random(), one] as const)
    .sort(([a], [b]) => a - b)
    .map(([, one]) => one);
}

const standingOf = (items: readonly Item[]) =>
  items.filter(({ kind, ended }) => kind === "budget_threshold" && ended === undefined);
const idsOf = (items: readonly Item[]) => items.map(({ alert_id: id }) => String(id)).sort();

describe("a hundred crossings at once, told of twice and out of order", () => {
  it("are one alert for each threshold, and the highest alone tells", async () => {
    await withTable(async (table) => {
      const budget = aBudget();
      await createBudget(table, budget, aNote("created"));
      await spend(
        table,
        Array.from({ length: 100 }, (_, index) => [plusMs(now, index), "0.1"] as const),
      );
      const records = await readStream(table);
      const random = randomFrom(4);
      const raised = await Promise.all(
        Array.from({ length: 100 }, () => {
          const some = [...records, ...records].filter(() => random() < 0.7);
          return watch(table, shuffled([...some, ...recordsOf(records, "TOTAL#team:growth")], random));
        }),
      );
      const ids = raised.flat().map(({ alertId }) => alertId);
      expect(ids.sort()).toEqual(["100", "50", "80"].map((of) => `${budget.budgetId}.${DAY}.${of}.r1`));
      const inserted = newAlertsOf(await readStream(table));
      expect(inserted.map(({ alertId }) => alertId).sort()).toEqual(ids);
      expect(inserted.filter(({ notify }) => notify).map(({ level }) => level)).toEqual(["EXCEEDED"]);
    });
  });
});

/** A table whose user does something else right before, or dies at, the `at`th of some commands. */
function intercepted(
  table: TestTable,
  command: RegExp,
  act: (time: number) => Promise<"die" | "go on">,
): Table {
  const other = openTable(table.name, engineConfig());
  let times = 0;
  other.client.middlewareStack.add(
    (next, context) => async (args) => {
      if (!command.test(context.commandName ?? "")) return next(args);
      times += 1;
      if ((await act(times)) === "go on") return next(args);
      throw new Error("dead");
    },
    { step: "initialize", name: "intercepted" },
  );
  return other;
}

describe("watch that dies", () => {
  it("between the alerts of a jump leaves the rest to whoever comes after, still untold", async () => {
    await withTable(async (table) => {
      const budget = aBudget();
      await createBudget(table, budget, aNote("created"));
      await spend(table, [[now, "10"]]);
      const records = await readStream(table);
      const dying = intercepted(table, /^Put/, async (time) => (time > 1 ? "die" : "go on"));
      await expect(watch(dying, records)).rejects.toThrow("dead");
      expect((await itemsOf(table, "ALERT#")).map(({ level, notify }) => [level, notify])).toEqual([
        ["EXCEEDED", true],
      ]);
      expect((await watch(table, records)).map(({ level, notify }) => [level, notify])).toEqual([
        ["WARNING", false],
        ["INFO", false],
      ]);
    });
  });

  it("around a recovery leaves none of it, or all of it", async () => {
    for (const dies of ["before", "after"] as const) {
      await withTable(async (table) => {
        const budget = aBudget();
        await createBudget(table, budget, aNote("created"));
        await spend(table, [[now, "10"]]);
        await watch(table, await readStream(table));
        await setAmount(table, budget, "100");
        const records = await readStream(table);
        const dying =
          dies === "before"
            ? intercepted(table, /^TransactWrite/, async () => "die")
            : intercepted(table, /^BatchGet/, async () => {
                const isDone = (await itemsOf(table, "ALERT#")).length > 3;
                return isDone ? "die" : "go on";
              });
        if (dies === "before") await expect(watch(dying, records)).rejects.toThrow("dead");
        else await watch(dying, records).catch(() => undefined);
        const between = await itemsOf(table, "ALERT#");
        expect([between.length, standingOf(between).length]).toEqual(dies === "before" ? [3, 3] : [6, 0]);
        // What was spent since is less than a half, still.
        await spend(table, [[now, "1"]]);
        await watch(table, await readStream(table));
        await watch(table, await readStream(table));
        const items = await itemsOf(table, "ALERT#");
        expect(items.filter(({ kind }) => kind === "budget_recovered")).toHaveLength(3);
        expect(standingOf(items)).toEqual([]);
      });
    }
  });
});

describe("news that comes once", () => {
  const id = (budget: Budget, rest: string) => `${budget.budgetId}.${DAY}.${rest}`;
  /** Gives each record to the watch once, as it comes, until no more come. */
  async function watchOn(table: TestTable, follower: StreamFollower, at: Instant = now): Promise<string[]> {
    const raised: string[] = [];
    for (let records = await follower.next(); records.length > 0; records = await follower.next())
      raised.push(...(await watch(table, records, at)).map(({ alertId }) => alertId));
    return raised;
  }
  async function met(test: (table: TestTable, budget: Budget, follower: StreamFollower) => Promise<void>) {
    await withTable(async (table) => {
      const budget = aBudget();
      const follower = new StreamFollower(table);
      try {
        await createBudget(table, budget, aNote("created"));
        await test(table, budget, follower);
      } finally {
        follower.close();
      }
    });
  }

  it("is enough: of a limit, of a correction, and of spending while a planned increase lasts", async () => {
    await met(async (table, budget, follower) => {
      await correct(table, "5");
      expect(await watchOn(table, follower)).toEqual([id(budget, "50.r1")]);
      await setAmount(table, budget, "50");
      expect(await watchOn(table, follower)).toEqual([id(budget, "50.r1.recovered")]);
      await setAmount(table, budget, "9");
      expect(await watchOn(table, follower)).toEqual([id(budget, "50.r3")]);
      await correct(table, "4");
      expect(await watchOn(table, follower)).toEqual([id(budget, "50.r3.recovered")]);
      await correct(table, "5");
      expect(await watchOn(table, follower)).toEqual([id(budget, "50.r3.2")]);
      const [from, until] = [plusMs(now, 3_600_000), plusMs(now, 7_200_000)];
      const increase = { increaseId: "inc_1", amount: usd("9"), from, until, by: "ann", reason: "launch" };
      await editBudget(table, budget.budgetId, { kind: "increase", increase }, aNote("increase"));
      expect(await watchOn(table, follower)).toEqual([id(budget, "50.r4")]);
      await spend(table, [[now, "1"]]);
      expect(await watchOn(table, follower, from)).toEqual([id(budget, "50.r4.recovered")]);
      await spend(table, [[now, "1"]]);
      expect(await watchOn(table, follower, until)).toEqual([id(budget, "50.r4.2")]);
    });
  });

  it("is enough for two who meet over a limit: an alert that is written down after the limit was raised recovers all the same", async () => {
    await met(async (table, budget, follower) => {
      await watchOn(table, follower);
      await spend(table, [[now, "5"]]);
      const slow = intercepted(table, /^Put/, async (time) => {
        if (time > 1) return "go on";
        await setAmount(table, budget, "50");
        expect(await watchOn(table, follower)).toEqual([]);
        return "go on";
      });
      await watch(slow, await follower.next());
      expect(await watchOn(table, follower)).toEqual([id(budget, "50.r1.recovered")]);
      expect(standingOf(await itemsOf(table, "ALERT#"))).toEqual([]);
    });
  });

  it("is enough for two who meet over a correction: an alert that is written down after what was spent went down recovers all the same", async () => {
    await met(async (table, budget, follower) => {
      await watchOn(table, follower);
      await correct(table, "5");
      const slow = intercepted(table, /^Put/, async (time) => {
        if (time > 1) return "go on";
        await correct(table, "4");
        expect(await watchOn(table, follower)).toEqual([]);
        return "go on";
      });
      await watch(slow, await follower.next());
      expect(await watchOn(table, follower)).toEqual([id(budget, "50.r1.recovered")]);
      expect(standingOf(await itemsOf(table, "ALERT#"))).toEqual([]);
    });
  });

  it("is enough for two who meet over a recovery: what is crossed while that is written down is told again", async () => {
    await met(async (table, budget, follower) => {
      await correct(table, "5");
      await watchOn(table, follower);
      await correct(table, "4");
      const slow = intercepted(table, /^TransactWrite/, async () => {
        await spend(table, [[now, "2"]]);
        expect(await watchOn(table, follower)).toEqual([]);
        return "go on";
      });
      await watch(slow, await follower.next());
      expect(await watchOn(table, follower)).toEqual([id(budget, "50.r1.2")]);
      expect(idsOf(standingOf(await itemsOf(table, "ALERT#")))).toEqual([id(budget, "50.r1.2")]);
    });
  });
});

describe("any history of spending, corrections and limits", () => {
  const SEEDS = [1, 2, 3, 4, 5, 6];

  it.each(SEEDS)(
    "leaves an alert standing for each threshold that is reached, and for no other (seed %i)",
    async (seed) => {
      await withTable(async (table) => {
        const random = randomFrom(seed);
        const pick = (count: number) => Math.floor(random() * count);
        const budget = aBudget();
        const follower = new StreamFollower(table);
        const seen: StreamRecord[] = [];
        // Each batch is later than what a process takes for granted.
        let batches = 0;
        const deliver = async (records: readonly StreamRecord[]) => {
          batches += 1;
          const at = plusMs(now, batches * 61_000);
          const zombies = random() < 0.3 ? [shuffled(seen, random).slice(0, 6)] : [];
          await Promise.all([records, ...zombies].map((some) => watch(table, some, at)));
          seen.push(...records);
        };
        await createBudget(table, budget, aNote("created"));
        let [spent, corrected, amount] = [0, 0, 10];
        for (let step = 0; step < 40; step++) {
          const what = pick(3);
          if (what === 0) {
            const cost = pick(3) + 1;
            spent += cost;
            await spend(table, [[now, String(cost)]]);
          } else if (what === 1) {
            corrected = pick(12);
            await correct(table, String(corrected));
          } else {
            amount = [5, 10, 20, 40, 80][pick(5)] ?? 10;
            await setAmount(table, budget, String(amount), plusMs(now, batches * 61_000));
          }
          if (random() < 0.6) await deliver(await follower.next());
        }
        for (let records = await follower.next(); records.length > 0; records = await follower.next())
          await deliver(records);
        follower.close();

        const items = await itemsOf(table, "ALERT#");
        const total = spent + corrected;
        const reached = ["100", "50", "80"].filter((percent) => total * 100 >= amount * Number(percent));
        const thresholds = standingOf(items).map(({ threshold_id: of }) => String(of));
        expect(thresholds.sort(), `${total} of ${amount}`).toEqual(reached);
        // Each recovery is of one alert, and each repetition of one that recovered.
        const ids = new Set(idsOf(items));
        for (const { alert_id: alertId, kind, ended } of items) {
          if (kind === "budget_recovered") continue;
          expect(ids.has(`${alertId}.recovered`), String(alertId)).toBe(ended === "recovered");
          const [, crossing, time] = /^(.*\.r\d+)\.(\d+)$/.exec(String(alertId)) ?? [];
          const former = Number(time) > 2 ? `${crossing}.${Number(time) - 1}` : crossing;
          if (time !== undefined) expect(ids).toContain(`${former}.recovered`);
        }
        // What happened to the stream has one insertion of each.
        expect(
          newAlertsOf(await readStream(table))
            .map(({ alertId }) => alertId)
            .sort(),
        ).toEqual(idsOf(items));
        expect(
          items.filter(({ state, GSI1PK }) => (state === "resolved") === (GSI1PK !== undefined)),
        ).toEqual([]);
      });
    },
  );
});
