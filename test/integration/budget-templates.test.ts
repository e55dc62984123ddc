import {
  Amount,
  type Budget,
  type BudgetTemplate,
  parseScope,
  plusMs,
  type Scope,
  templateBudgetId,
} from "@ai-usage/core";
import {
  activeBudgetsOf,
  deactivateTemplate,
  editBudget,
  ensureTemplateBudgets,
  findTemplate,
  listBudgetChanges,
  listTemplates,
  openTable,
  putTemplate,
  readBudget,
  type Table,
  TemplateSource,
} from "@ai-usage/store";
import { describe, expect, it } from "vitest";
import { aNewBudget, aNote, at, plain, spend } from "../support/budgets.ts";
import { engineConfig, withTable } from "../support/engine.ts";

const now = at("2026-11-21T12:00:00Z");
function aTemplate(given: Partial<BudgetTemplate> = {}): BudgetTemplate {
  const { scope: _, ...terms } = aNewBudget({ amount: Amount.parse("50") });
  return {
    templateId: "tpl_users",
    pattern: "user:*",
    terms: {
      name: "{value} by the day ({scope})",
      unit: terms.unit,
      amount: terms.amount,
      period: terms.period,
      calendar: { timeZone: "Europe/Berlin", weekStartsOn: "sunday" },
      thresholds: terms.thresholds,
      enforcement: "hard",
      failMode: "closed",
      rollover: { cap: Amount.parse("5") },
      metadata: { origin: "template" },
    },
    active: true,
    createdAt: now,
    createdBy: "token_1",
    ...given,
  };
}
const ann = parseScope("user:ann");
const ensure = (table: Table, scopes: readonly Scope[], templates = [aTemplate()], known: Budget[] = []) =>
  ensureTemplateBudgets(table, { scopes, known, templates, now });

describe("budget template", () => {
  it("is found as it was put, in the list too, until it is deactivated", async () => {
    await withTable(async (table) => {
      const [users, teams] = [aTemplate(), aTemplate({ templateId: "tpl_teams", pattern: "team:eu-*" })];
      await putTemplate(table, users);
      await putTemplate(table, teams);
      expect(plain(await findTemplate(table, users.templateId))).toEqual(plain(users));
      expect(plain(await listTemplates(table))).toEqual(plain([teams, users]));
      expect(await deactivateTemplate(table, users.templateId)).toMatchObject({ active: false });
      expect(plain(await listTemplates(table))).toEqual(plain([teams, { ...users, active: false }]));
      expect(await deactivateTemplate(table, "tpl_none")).toBeUndefined();
      expect(await findTemplate(table, "tpl_none")).toBeUndefined();
    });
  });

  it("makes a budget for each scope that it is for, named after it, and says that it did", async () => {
    await withTable(async (table) => {
      const scopes = ["global:all", "user:ann", "user:$&", "team:eu-1", "team:us-1"].map(parseScope);
      const teams = aTemplate({ templateId: "tpl_teams", pattern: "team:eu-*" });
      const ended = aTemplate({ templateId: "tpl_ended", active: false });
      const made = await ensure(table, [...scopes, ...scopes], [aTemplate(), teams, ended]);
      expect(made.map(({ name }) => name).sort()).toEqual([
        "$& by the day (user:$&)",
        "ann by the day (user:ann)",
        "eu-1 by the day (team:eu-1)",
      ]);
      expect(plain(made.find(({ scope }) => scope === ann))).toEqual(
        plain((await activeBudgetsOf(table, [ann]))[0]),
      );
      expect(made.find(({ scope }) => scope === ann)).toMatchObject({
        budgetId: templateBudgetId("tpl_users", ann),
        managedBy: "template:tpl_users",
        managedKey: "user:ann",
        enforcement: "hard",
        createdBy: "template:tpl_users",
        amounts: [{ from: now, rolloverCap: Amount.parse("5") }],
      });
      const { items } = await listBudgetChanges(table, templateBudgetId("tpl_users", ann), { limit: 9 });
      expect(items).toMatchObject([{ kind: "create", by: "template:tpl_users" }]);
    });
  });

  it("makes none where there is one, and none again that was deactivated", async () => {
    await withTable(async (table) => {
      const [made] = await ensure(table, [ann]);
      expect(made).toBeDefined();
      expect(await ensure(table, [ann], [aTemplate()], made ? [made] : [])).toEqual([]);
      // Made by another a moment ago: it holds for this call, too.
      expect(plain(await ensure(table, [ann]))).toEqual([plain(made)]);
      await editBudget(table, made?.budgetId ?? "", { kind: "deactivate" }, aNote("chg_1"));
      expect(await ensure(table, [ann])).toEqual([]);
      expect(await activeBudgetsOf(table, [ann])).toEqual([]);
    });
  });

  it("makes one budget of a scope, however many see it first", async () => {
    await withTable(async (table) => {
      const all = await Promise.all(Array.from({ length: 50 }, () => ensure(table, [ann])));
      for (const made of all) expect(made.map(({ scope }) => scope)).toEqual([ann]);
      const active = await activeBudgetsOf(table, [ann]);
      expect(active).toHaveLength(1);
      for (const [one] of all) expect(plain(one)).toEqual(plain(active[0]));
      const { items } = await listBudgetChanges(table, active[0]?.budgetId ?? "", { limit: 100 });
      expect(items).toHaveLength(1);
    });
  });

  it("makes a budget that knows what its scope has spent before", async () => {
    await withTable(async (table) => {
      await spend(table, [
        ["2026-11-21T11:00:00Z", "20.5"],
        ["2026-11-20T11:00:00Z", "7"],
      ]);
      const [made] = await ensure(table, [parseScope("team:growth")], [aTemplate({ pattern: "team:*" })]);
      if (!made) throw new Error("there is no budget");
      expect((await readBudget(table, made, now)).spent.toString()).toBe("20.5");
    });
  });
});

describe("template source", () => {
  it("reads the active templates again when they may be old, and once for all who ask meanwhile", async () => {
    await withTable(async (table) => {
      const { counted, queries } = countingTable(table);
      const source = new TemplateSource(counted, { refreshSeconds: 5 });
      await putTemplate(table, aTemplate());
      await putTemplate(table, aTemplate({ templateId: "tpl_ended", active: false }));
      const ids = async (ms: number) =>
        (await source.current(plusMs(now, ms))).map(({ templateId }) => templateId);
      expect(await Promise.all([ids(0), ids(0), ids(4_999)])).toEqual(Array(3).fill(["tpl_users"]));
      expect(queries()).toBe(1);
      await putTemplate(table, aTemplate({ templateId: "tpl_more" }));
      expect(await ids(4_999)).toEqual(["tpl_users"]);
      expect(await ids(5_000)).toEqual(["tpl_more", "tpl_users"]);
      await deactivateTemplate(table, "tpl_more");
      source.forget();
      expect(await ids(5_001)).toEqual(["tpl_users"]);
      expect(queries()).toBe(3);
    });
  });

  it("does not keep a failure", async () => {
    await withTable(async (table) => {
      await putTemplate(table, aTemplate());
      const { counted, fail } = countingTable(table);
      const source = new TemplateSource(counted, { refreshSeconds: 5 });
      fail(true);
      await expect(source.current(now)).rejects.toThrow("no answer");
      fail(false);
      expect(await source.current(now)).toHaveLength(1);
    });
  });
});

/** A table that counts its queries, and refuses them when told so. */
function countingTable(table: Table) {
  const counted = openTable(table.name, engineConfig());
  let count = 0;
  let failing = false;
  counted.client.middlewareStack.add(
    (next, context) => (args) => {
      if (context.commandName?.startsWith("Query")) count += 1;
      if (failing) throw new Error("no answer");
      return next(args);
    },
    { step: "initialize", name: "count" },
  );
  const fail = (fails: boolean) => {
    failing = fails;
  };
  return { counted, queries: () => count, fail };
}
