import {
  type NamedDimension,
  planUsage,
  type Scope,
  type Totals,
  type UsageQuestion,
  type UsageReport,
  usageReport,
  utcDateOf,
} from "@ai-usage/core";
import { readCube, readDimensionTotals, readScopeSeries } from "./read-totals.ts";
import type { Table } from "./table.ts";

/**
 * Answers what was used and spent, from stored totals alone: the cost grows with the days and groups asked for, never
 * with the number of calls.
 * @throws UnanswerableQuestionError when no stored total answers
 */
export async function answerUsage(table: Table, question: UsageQuestion): Promise<UsageReport> {
  const plan = planUsage(question);
  const { start, end } = plan.range;
  // GSI2 knows UTC days: a range in another zone touches one more at an end.
  const range = { first: utcDateOf(start), last: utcDateOf(end), cover: plan.dimensionCover };
  const [cube, series] = await Promise.all([
    plan.cube && readCube(table, plan.cube),
    plan.series && readScopeSeries(table, plan.series.scope, plan.series.cover),
  ]);
  const dimensions = new Map<NamedDimension, ReadonlyMap<Scope, Totals>>();
  for (const dimension of plan.dimensions) {
    dimensions.set(dimension, await readDimensionTotals(table, dimension, range));
  }
  return usageReport(question, plan, { cube, series, dimensions });
}
