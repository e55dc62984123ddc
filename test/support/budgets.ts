import {
  Amount,
  type Budget,
  type BudgetTerms,
  type ChangeNote,
  defaultThresholds,
  type Instant,
  newBudget,
  type Pricing,
  parseInstant,
  parseScope,
  parseUtcDate,
  plusMs,
  UTC_CALENDAR,
} from "@ai-usage/core";
import { createRestatement, recordMetrics, rollUp, type Table, workOnRestatement } from "@ai-usage/store";
import type { TestTable } from "./engine.ts";
import { aPricedMetric, metricOptions } from "./metrics.ts";
import { readStream, recordsOf } from "./stream.ts";

/** Of whoever makes or changes a budget in tests, unless it says otherwise. */
export const aNote = (changeId: string, given: Partial<ChangeNote> = {}): ChangeNote => ({
  changeId,
  at: parseInstant("2026-11-21T12:00:00Z"),
  by: "token_1",
  ...given,
});

let budgets = 0;
/** A budget as people make it: what is not given is a hundred dollars a day for team growth. */
export function aNewBudget(
  given: Partial<BudgetTerms> & Pick<Partial<Budget>, "budgetId" | "createdAt" | "managedBy"> = {},
): Budget {
  budgets += 1;
  const { budgetId = `bud_${budgets}`, createdAt, managedBy, ...terms } = given;
  const at = createdAt ?? plusMs(parseInstant("2026-11-21T12:00:00Z"), budgets);
  const made = newBudget(
    {
      kind: "create",
      budgetId,
      managedBy,
      terms: {
        name: "growth",
        scope: parseScope("team:growth"),
        unit: "usd",
        amount: Amount.parse("100"),
        period: "daily",
        calendar: UTC_CALENDAR,
        thresholds: defaultThresholds,
        enforcement: "soft",
        failMode: "open",
        metadata: {},
        ...terms,
      },
    },
    { at, by: "token_1" },
  );
  if (made.outcome === "invalid") throw new Error(`${made.field} ${made.problem}`);
  return made.budget;
}

let spendings = 0;
/** Team growth spends, and the totals hold it. */
export async function spend(
  table: TestTable,
  costs: readonly (readonly [at: string, cost: string])[],
): Promise<void> {
  spendings += 1;
  const metrics = costs.map(([at, cost], index) =>
    aPricedMetric(
      { requestId: `spend-${spendings}-${index}`, team: "growth", timestamp: parseInstant(at) },
      cost,
    ),
  );
  await recordMetrics(table, metrics, metricOptions);
  await rollUp(table, recordsOf(await readStream(table), `USAGE#spend-${spendings}-`), "shard");
}

/**
 * What one call of team growth cost, as it is known by now: told of at first, and restated when it changes. Its day is all
 * that is restated.
 */
export async function correct(table: TestTable, cost: string): Promise<void> {
  const metric = { requestId: "corrected", team: "growth", timestamp: parseInstant("2026-11-21T10:00:00Z") };
  const call = aPricedMetric(metric, cost);
  const [outcome] = await recordMetrics(table, [call], metricOptions);
  if (outcome?.status === "duplicate") await restate(table, call.pricing);
  await rollUp(table, recordsOf(await readStream(table), "USAGE#"), "shard");
}

let restatements = 0;
const RESTATED_AT = parseInstant("2026-11-21T12:00:00Z");
async function restate(table: Table, pricing: Pricing): Promise<void> {
  restatements += 1;
  const restatementId = `rst_${restatements}`;
  await createRestatement(table, {
    restatementId,
    selection: {
      from: parseUtcDate("2026-11-21"),
      to: parseUtcDate("2026-11-22"),
      onlyUnpriced: false,
      model: "gpt-4o",
    },
    dryRun: false,
    state: "running",
    createdAt: RESTATED_AT,
    createdBy: "tester",
    startsAt: RESTATED_AT,
  });
  const done = await workOnRestatement(table, restatementId, {
    worker: "worker-1",
    reprice: async () => (priced) => ({
      pricing: priced.metric.requestId === "corrected" ? pricing : priced.pricing,
    }),
    serviceIndex: true,
    clock: () => RESTATED_AT,
    waitUntil: async () => {},
    hasTime: () => true,
  });
  if (done !== "done") throw new Error(`the restatement is ${done}`);
}

/** As answers show it: what is absent and what is undefined are one. */
export const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

export const at = (text: string): Instant => parseInstant(text);
