import { Amount, type Budget, parseScope, plusMs } from "@ai-usage/core";
import {
  activeBudgetsOf,
  createBudget,
  editBudget,
  findBudget,
  listBudgetChanges,
  listBudgets,
  openTable,
  ScopeFullError,
  type Table,
  ThrottledError,
} from "@ai-usage/store";
import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { aNewBudget, aNote, at, plain } from "../support/budgets.ts";
import { engineConfig, withTable } from "../support/engine.ts";
import { itemsOf } from "../support/items.ts";

const now = at("2026-11-21T12:00:00Z");
const create = (table: Table, budget: Budget) =>
  createBudget(table, budget, aNote(`${budget.budgetId}.created`, { at: budget.createdAt }));
const byId = (budgets: readonly Budget[]) => budgets.map(({ budgetId }) => budgetId).sort();

describe("budget", () => {
  it("is found as it was made, alone, in the list and among the active ones of its scope", async () => {
    await withTable(async (table) => {
      const budget = aNewBudget({
        amount: Amount.parse("100.000000000000000001"),
        calendar: { timeZone: "Asia/Kathmandu", weekStartsOn: "sunday", yearStartsIn: 4 },
        thresholds: [
          { at: { percent: "99.5" }, on: "actual", level: "CRITICAL" },
          { at: { amount: Amount.parse("150") }, on: "actual", level: "EXCEEDED" },
          { at: { percent: "100" }, on: "forecast", level: "WARNING" },
        ],
        rollover: { cap: Amount.parse("0.000000000000000001") },
        spike: { times: "2.5", atLeast: Amount.parse("5") },
        contact: "finance@example.com",
        metadata: { cost_center: "4711" },
        managedBy: "configure",
      });
      expect(await create(table, budget)).toBe("created");
      expect(plain(await findBudget(table, budget.budgetId))).toEqual(plain(budget));
      expect(plain((await listBudgets(table, { limit: 10 })).items)).toEqual([plain(budget)]);
      expect(plain(await activeBudgetsOf(table, [budget.scope]))).toEqual([plain(budget)]);
      expect(await findBudget(table, "bud_none")).toBeUndefined();
    });
  });

  it("is made once of each id, and then left as it is", async () => {
    await withTable(async (table) => {
      const budget = aNewBudget();
      await create(table, budget);
      expect(await create(table, { ...budget, name: "other" })).toBe("exists");
      await editBudget(table, budget.budgetId, { kind: "deactivate" }, aNote("chg_1"));
      expect(await create(table, budget)).toBe("exists");
      expect(await findBudget(table, budget.budgetId)).toMatchObject({ name: "growth", active: false });
      expect(await activeBudgetsOf(table, [budget.scope])).toEqual([]);
    });
  });

  it("is active for its own scope only, asked for one or for many", async () => {
    await withTable(async (table) => {
      const scopes = Array.from({ length: 150 }, (_, index) => parseScope(`team:t${index}`));
      const mine = [
        aNewBudget({ scope: parseScope("team:t3") }),
        aNewBudget({ scope: parseScope("team:t3") }),
        aNewBudget({ scope: parseScope("team:t149") }),
      ];
      for (const budget of mine) await create(table, budget);
      expect(byId(await activeBudgetsOf(table, [...scopes, ...scopes]))).toEqual(byId(mine));
      expect(await activeBudgetsOf(table, [parseScope("team:t4")])).toEqual([]);
      expect(await activeBudgetsOf(table, [])).toEqual([]);
    });
  });

  it("is deactivated once, whoever asks first, and comes back when it is asked for", async () => {
    await withTable(async (table) => {
      const [budget, other] = [aNewBudget(), aNewBudget()];
      await create(table, budget);
      await create(table, other);
      const answers = await Promise.all(
        Array.from({ length: 5 }, (_, index) =>
          editBudget(table, budget.budgetId, { kind: "deactivate" }, aNote(`chg_${index}`)),
        ),
      );
      expect(answers.map(({ outcome }) => outcome).sort()).toEqual(["edited", ...Array(4).fill("unchanged")]);
      expect((await findBudget(table, budget.budgetId))?.active).toBe(false);
      expect(byId(await activeBudgetsOf(table, [budget.scope]))).toEqual([other.budgetId]);
      await editBudget(table, budget.budgetId, { kind: "reactivate" }, aNote("chg_9"));
      expect(byId(await activeBudgetsOf(table, [budget.scope]))).toEqual(byId([budget, other]));
    });
  });
});

describe("list of budgets", () => {
  it("has those of a scope, active or not, or that one thing keeps, page by page and none twice", async () => {
    await withTable(async (table) => {
      const budgets = Array.from({ length: 30 }, (_, index) =>
        aNewBudget({
          scope: parseScope(index % 3 === 0 ? "team:a" : "team:b"),
          ...(index % 2 === 0 && { managedBy: "code:main" }),
        }),
      );
      for (const budget of budgets) await create(table, budget);
      for (const budget of budgets.slice(0, 10))
        await editBudget(table, budget.budgetId, { kind: "deactivate" }, aNote(`${budget.budgetId}.end`));
      const all = async (filter: object) => {
        const found: string[] = [];
        for (let cursor: string | undefined, pages = 0; pages < 50; pages++) {
          const page = await listBudgets(table, { limit: 3, cursor, ...filter });
          expect(page.items.length).toBeLessThanOrEqual(3);
          found.push(...page.items.map(({ budgetId }) => budgetId));
          cursor = page.nextCursor;
          if (cursor === undefined) return found;
        }
        throw new Error("the list has no end");
      };
      const wanted = (matches: (index: number) => boolean) =>
        budgets
          .filter((_, index) => matches(index))
          .map(({ budgetId }) => budgetId)
          .reverse();
      expect(await all({})).toEqual(wanted(() => true));
      expect(await all({ scopes: [parseScope("team:a")] })).toEqual(wanted((index) => index % 3 === 0));
      expect(await all({ scopes: ["team:a", "team:b"].map(parseScope) })).toEqual(wanted(() => true));
      expect(await all({ active: true })).toEqual(wanted((index) => index >= 10));
      expect(await all({ active: false, managedBy: "code:main" })).toEqual(
        wanted((index) => index < 10 && index % 2 === 0),
      );
      expect(await all({ scopes: [parseScope("team:none")] })).toEqual([]);
    });
  });

  it("looks through a thousand at most for one answer, and says where to go on", async () => {
    await withTable(async (table) => {
      const oldest = aNewBudget({ scope: parseScope("team:rare"), createdAt: at("2026-01-01T00:00:00Z") });
      await create(table, oldest);
      const others = Array.from({ length: 1_000 }, (_, index) =>
        aNewBudget({ scope: parseScope(`team:t${index}`) }),
      );
      for (let from = 0; from < others.length; from += 50)
        await Promise.all(others.slice(from, from + 50).map((budget) => create(table, budget)));
      const request = { limit: 1, scopes: [oldest.scope] };
      const first = await listBudgets(table, request);
      expect(first.items).toEqual([]);
      expect(first.nextCursor).toBeDefined();
      const second = await listBudgets(table, { ...request, cursor: first.nextCursor });
      expect(byId(second.items)).toEqual([oldest.budgetId]);
    });
  });
});

describe("edit of a budget", () => {
  it("changes it everywhere, and says in the audit trail who did, why, and what was before", async () => {
    await withTable(async (table) => {
      const budget = aNewBudget();
      await create(table, budget);
      const note = aNote("chg_1", { at: plusMs(now, 60_000), by: "token_7", reason: "we grow" });
      const edit = { kind: "update", terms: { amount: Amount.parse("250"), contact: "ops" } } as const;
      const outcome = await editBudget(table, budget.budgetId, edit, note);
      expect(outcome).toMatchObject({ outcome: "edited", budget: { revision: 2, contact: "ops" } });
      const found = plain(await findBudget(table, budget.budgetId));
      expect(found).toMatchObject({ amount: "250", updatedAt: note.at });
      expect(plain(await activeBudgetsOf(table, [budget.scope]))).toEqual([found]);
      const { items } = await listBudgetChanges(table, budget.budgetId, { limit: 10 });
      expect(plain(items)).toEqual([
        { ...note, budgetId: budget.budgetId, kind: "update", before: plain(budget), after: found },
        {
          changeId: `${budget.budgetId}.created`,
          budgetId: budget.budgetId,
          at: budget.createdAt,
          by: "token_1",
          kind: "create",
          after: plain(budget),
        },
      ]);
    });
  });

  it("that changes nothing, or cannot be, leaves no trace", async () => {
    await withTable(async (table) => {
      const budget = aNewBudget();
      await create(table, budget);
      const edit = (terms: object) =>
        editBudget(table, budget.budgetId, { kind: "update", terms }, aNote("chg_1"));
      expect(await edit({ name: "growth" })).toMatchObject({ outcome: "unchanged" });
      expect(await edit({ amount: Amount.zero })).toMatchObject({ outcome: "invalid", field: "amount" });
      expect(await editBudget(table, "bud_none", { kind: "deactivate" }, aNote("chg_2"))).toEqual({
        outcome: "unknown",
      });
      expect((await listBudgetChanges(table, budget.budgetId, { limit: 10 })).items).toHaveLength(1);
      expect(plain(await findBudget(table, budget.budgetId))).toEqual(plain(budget));
    });
  });

  it("is not made where it needs a second person, also when the budget was lowered meanwhile", async () => {
    await withTable(async (table) => {
      const budget = aNewBudget();
      await create(table, budget);
      const policy = { aboveRatio: "2" };
      const raise = (amount: string, id: string) =>
        editBudget(
          table,
          budget.budgetId,
          { kind: "update", terms: { amount: Amount.parse(amount) } },
          aNote(id, { at: plusMs(now, 1_000) }),
          policy,
        );
      expect(await raise("201", "chg_1")).toMatchObject({ outcome: "needs_approval" });
      expect(await raise("50", "chg_2")).toMatchObject({ outcome: "edited" });
      expect(await raise("150", "chg_3")).toMatchObject({ outcome: "needs_approval" });
      expect((await findBudget(table, budget.budgetId))?.amount.toString()).toBe("50");
    });
  });

  it("is lost by none of 40 who edit at once, and each goes on from what the one before it left", async () => {
    await withTable(async (table) => {
      const budget = aNewBudget();
      await create(table, budget);
      const outcomes = await Promise.all(
        Array.from({ length: 40 }, (_, index) => {
          const note = aNote(`chg_${index}`, { at: plusMs(now, 1_000), by: `token_${index}` });
          const increase = {
            increaseId: `inc_${index}`,
            amount: Amount.parse("1"),
            from: note.at,
            until: plusMs(now, 86_400_000),
            by: note.by,
            reason: "race",
          };
          return editBudget(table, budget.budgetId, { kind: "increase", increase }, note);
        }),
      );
      expect(outcomes.every(({ outcome }) => outcome === "edited")).toBe(true);
      const found = await findBudget(table, budget.budgetId);
      expect(found?.increases.map(({ increaseId }) => increaseId).sort()).toEqual(
        Array.from({ length: 40 }, (_, index) => `inc_${index}`).sort(),
      );
      expect(found?.revision).toBe(41);
      const { items } = await listBudgetChanges(table, budget.budgetId, { limit: 100 });
      expect(items).toHaveLength(41);
      expect(plain(items[0]?.after)).toEqual(plain(found));
      for (const [index, change] of items.slice(0, -1).entries())
        expect(plain(change.before)).toEqual(plain(items[index + 1]?.after));
      expect(items.at(-1)).toMatchObject({ kind: "create", before: undefined });
    });
  });

  it("comes in pages of the audit trail, the newest first and none twice", async () => {
    await withTable(async (table) => {
      const budget = aNewBudget();
      await create(table, budget);
      for (let count = 1; count <= 5; count++)
        await editBudget(
          table,
          budget.budgetId,
          { kind: "update", terms: { name: `name ${count}` } },
          aNote(`chg_${count}`, { at: plusMs(now, count * 1_000) }),
        );
      const names: unknown[] = [];
      let cursor: string | undefined;
      do {
        const page = await listBudgetChanges(table, budget.budgetId, { limit: 2, cursor });
        names.push(...page.items.map(({ after }) => after.name));
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      expect(names).toEqual(["name 5", "name 4", "name 3", "name 2", "name 1", "growth"]);
    });
  });

  it("is told apart from one that could not be made because writers always met", async () => {
    await withTable(async (table) => {
      const budget = aNewBudget();
      await create(table, budget);
      const contended = contendedTable(table, ["TransactionConflict", "None", "None"]);
      await Promise.all([
        expect(
          editBudget(contended, budget.budgetId, { kind: "deactivate" }, aNote("chg_1")),
        ).rejects.toThrow(ThrottledError),
        expect(create(contended, aNewBudget())).rejects.toThrow(ThrottledError),
      ]);
      expect((await findBudget(table, budget.budgetId))?.active).toBe(true);
      expect(await itemsOf(table, "AUDIT#BUDGET#")).toHaveLength(1);
    });
  });

  it("says so when a scope has no room for another active budget", async () => {
    await withTable(async (table) => {
      const metadata = { text: "x".repeat(150_000) };
      await create(table, aNewBudget({ metadata }));
      await create(table, aNewBudget({ metadata }));
      const third = aNewBudget({ metadata });
      await expect(create(table, third)).rejects.toThrow(ScopeFullError);
      expect(await findBudget(table, third.budgetId)).toBeUndefined();
      expect(await activeBudgetsOf(table, [third.scope])).toHaveLength(2);
    });
  });
});

/** A table in which every transaction is cancelled for these reasons: no engine here has writers meet for ever. */
function contendedTable(table: Table, codes: readonly string[]): Table {
  const contended = openTable(table.name, engineConfig());
  contended.client.middlewareStack.add(
    (next, context) => (args) => {
      if (!context.commandName?.startsWith("TransactWrite")) return next(args);
      throw new TransactionCanceledException({
        message: "conflict",
        $metadata: {},
        CancellationReasons: codes.map((Code) => ({ Code })),
      });
    },
    { step: "initialize", name: "contention" },
  );
  return contended;
}
