import { randomUUID } from "node:crypto";
import {
  type Budget,
  type BudgetPeriodId,
  coverOf,
  type Instant,
  type Money,
  PRICES_SETTLE_MS,
  parseBudgetPeriodKey,
  periodOfId,
  plusMs,
  type Restatement,
  type RestatementSums,
} from "@ai-usage/core";
import {
  createRestatement,
  findBudget,
  findRestatement,
  listRestatements,
  priceVersion,
  readScopeTotals,
  restatementProgress,
  type StoredRestatement,
  type Table,
} from "@ai-usage/store";
import {
  ProblemError,
  pageFields,
  parseOrProblem,
  parseRestatementRequest,
  type RestatedBudget,
  toWireRestatement,
  toWireRestatementReport,
} from "@ai-usage/wire";
import { Hono } from "hono";
import * as z from "zod";
import {
  type ApiEnvironment,
  type ApiParts,
  idOf,
  jsonBodyOf,
  queryOf,
  unlimitedCallerWith,
} from "../context.ts";

const listSchema = z.strictObject(pageFields);

/** Most budgets that a report looks at: each is a question to the totals. */
const BUDGETS_MAX = 50;

export function restatementRoutes({ table, clock, startRestatement }: ApiParts): Hono<ApiEnvironment> {
  const app = new Hono<ApiEnvironment>();

  const stored = async (id: string): Promise<StoredRestatement> => {
    const found = await findRestatement(table, id);
    if (!found) throw new ProblemError(404, "there is no such restatement");
    return found;
  };

  app.post("/", async (context) => {
    const { tokenId } = unlimitedCallerWith(context, "admin");
    const { selection, dryRun } = parseRestatementRequest(await jsonBodyOf(context));
    const now = clock();
    const restatement: Restatement = {
      restatementId: `rst_${randomUUID().replaceAll("-", "").slice(0, 16)}`,
      selection,
      dryRun,
      state: "running",
      createdAt: now,
      createdBy: tokenId,
      startsAt: dryRun ? now : await whenPricesAreSettled(table, now),
    };
    await createRestatement(table, restatement);
    await startRestatement(restatement.restatementId);
    return context.json(await reportOf(table, { restatement }), 202);
  });

  app.get("/", async (context) => {
    unlimitedCallerWith(context, "read");
    const page = await listRestatements(table, parseOrProblem(listSchema, queryOf(context)));
    const restatements = page.items.map(({ restatement }) => toWireRestatement(restatement));
    return context.json({ restatements, next_cursor: page.nextCursor ?? null });
  });

  app.get("/:id", async (context) => {
    unlimitedCallerWith(context, "read");
    return context.json(await reportOf(table, await stored(idOf(context))));
  });

  app.post("/:id/resume", async (context) => {
    unlimitedCallerWith(context, "admin");
    const found = await stored(idOf(context));
    if (found.restatement.state === "running") await startRestatement(found.restatement.restatementId);
    return context.json(await reportOf(table, found), 202);
  });

  return app;
}

/** Calls that are stored later come with the new prices by themselves. */
async function whenPricesAreSettled(table: Table, now: Instant): Promise<Instant> {
  const { changedAt } = await priceVersion(table);
  const settled = changedAt === undefined ? now : plusMs(changedAt, PRICES_SETTLE_MS);
  return settled > now ? settled : now;
}

async function reportOf(table: Table, stored: StoredRestatement) {
  const progress = await restatementProgress(table, stored);
  const budgets = await restatedBudgets(table, stored.restatement, progress.sums);
  return toWireRestatementReport({ restatement: stored.restatement, ...progress, budgets });
}

async function restatedBudgets(
  table: Table,
  { dryRun }: Restatement,
  { byBudget }: RestatementSums,
): Promise<RestatedBudget[]> {
  const restated: RestatedBudget[] = [];
  for (const [key, sums] of [...byBudget].slice(0, BUDGETS_MAX)) {
    const id = parseBudgetPeriodKey(key);
    const budget = await findBudget(table, id.budgetId);
    if (budget === undefined) continue;
    const spentNow = await spentIn(table, budget, id);
    const difference = sums.after.minus(sums.before);
    restated.push({
      ...id,
      budget,
      sums,
      spentBefore: dryRun ? spentNow : spentNow.minus(difference),
      spentAfter: dryRun ? spentNow.plus(difference) : spentNow,
    });
  }
  return restated;
}

async function spentIn(table: Table, budget: Budget, { periodId }: BudgetPeriodId): Promise<Money> {
  const period = periodOfId(budget.period, periodId, budget.calendar);
  return (await readScopeTotals(table, budget.scope, coverOf(period))).cost;
}
