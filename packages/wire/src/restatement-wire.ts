import {
  addSums,
  type Budget,
  type BudgetPeriodId,
  type ChangeSums,
  DAYS_MAX,
  differenceOf,
  type Money,
  noChanges,
  OTHER_SCOPES,
  parseUtcDate,
  plusDays,
  type Restatement,
  type RestatementSelection,
  type RestatementSums,
} from "@ai-usage/core";
import * as z from "zod";
import { nameField } from "./fields.ts";
import { fieldProblem, parseOrProblem } from "./problem.ts";
import { dateField } from "./usage-wire.ts";

/** Body of `POST /prices/restatements`. */
export const restatementSchema = z.strictObject(
  {
    from: dateField,
    to: dateField,
    service: nameField.optional(),
    model: nameField.optional(),
    only_unpriced: z.boolean({ error: () => "must be true or false" }).default(false),
    dry_run: z.boolean({ error: () => "must be true or false" }).default(true),
  },
  {
    error: (issue) => (issue.code === "unrecognized_keys" ? undefined : "must be an object with from and to"),
  },
);

/**
 * Reads what `POST /prices/restatements` asks for.
 * @throws ProblemError naming the field
 */
export function parseRestatementRequest(body: unknown): { selection: RestatementSelection; dryRun: boolean } {
  const wire = parseOrProblem(restatementSchema, body);
  if (wire.from > wire.to) throw fieldProblem("from", "must not be after to");
  if (plusDays(wire.from, DAYS_MAX - 1) < wire.to) {
    throw fieldProblem("from", `must be at most ${DAYS_MAX} days before to`);
  }
  return {
    selection: {
      from: parseUtcDate(wire.from),
      to: parseUtcDate(wire.to),
      ...(wire.service !== undefined && { service: wire.service }),
      ...(wire.model !== undefined && { model: wire.model }),
      onlyUnpriced: wire.only_unpriced,
    },
    dryRun: wire.dry_run,
  };
}

/** How a restatement stands, without what it came to. */
export function toWireRestatement(restatement: Restatement) {
  const { selection } = restatement;
  return {
    restatement_id: restatement.restatementId,
    state: restatement.state,
    dry_run: restatement.dryRun,
    from: selection.from,
    to: selection.to,
    service: selection.service ?? null,
    model: selection.model ?? null,
    only_unpriced: selection.onlyUnpriced,
    created_at: restatement.createdAt,
    created_by: restatement.createdBy,
    starts_at: restatement.startsAt,
    finished_at: restatement.finishedAt ?? null,
    failure: restatement.failure ?? null,
  };
}

/** What a budget had spent in a period without the changes and with them. */
export interface RestatedBudget extends BudgetPeriodId {
  readonly budget: Budget;
  readonly sums: ChangeSums;
  readonly spentBefore: Money;
  readonly spentAfter: Money;
}

export function toWireRestatementReport(report: {
  readonly restatement: Restatement;
  readonly stepsDone: number;
  readonly stepsTotal?: number | undefined;
  readonly sums: RestatementSums;
  readonly budgets: readonly RestatedBudget[];
}) {
  const { sums } = report;
  return {
    ...toWireRestatement(report.restatement),
    progress: {
      steps_done: report.stepsDone,
      steps_total: report.stepsTotal ?? null,
      metrics_seen: sums.seen,
    },
    ...toWireSums(sums.total),
    by_day: [...sums.byDay].sort(byName).map(([date, one]) => ({ date, ...toWireSums(one) })),
    by_scope: largest(sums.byScope).map(([scope, one]) => ({ scope, ...toWireSums(one) })),
    by_budget: report.budgets.map(({ budget, periodId, sums: one, spentBefore, spentAfter }) => ({
      budget_id: budget.budgetId,
      name: budget.name,
      scope: budget.scope,
      period_id: periodId,
      amount_usd: budget.amount.toString(),
      spent_before_usd: spentBefore.toString(),
      spent_after_usd: spentAfter.toString(),
      ...toWireSums(one),
    })),
  };
}

/** Most scopes that an answer lists one by one. */
const SCOPES_MAX = 200;

/** Those that change most, and what all others come to. */
function largest(byScope: ReadonlyMap<string, ChangeSums>): [string, ChangeSums][] {
  const named = [...byScope].filter(([scope]) => scope !== OTHER_SCOPES).sort(bySize);
  const unnamed = byScope.get(OTHER_SCOPES) ?? noChanges;
  const others = named.slice(SCOPES_MAX).reduce((sum, [, one]) => addSums(sum, one), unnamed);
  const listed = named.slice(0, SCOPES_MAX);
  return others.metrics === 0 ? listed : [...listed, [OTHER_SCOPES, others]];
}

function toWireSums(sums: ChangeSums) {
  return {
    changed_metrics: sums.metrics,
    changed_calls: sums.calls,
    cost_before_usd: sums.before.toString(),
    cost_after_usd: sums.after.toString(),
    difference_usd: differenceOf(sums).toString(),
  };
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1);

function bySize([, a]: [string, ChangeSums], [, b]: [string, ChangeSums]): number {
  const size = (sums: ChangeSums) => {
    const difference = differenceOf(sums);
    return difference.isNegative() ? difference.negated() : difference;
  };
  return size(b).compare(size(a));
}
