import {
  Amount,
  type Budget,
  baseLimitAt,
  type Instant,
  limitOf,
  type Period,
  type PeriodLimit,
} from "@ai-usage/core";
import { ConditionalCheckFailedException, TransactionConflictException } from "@aws-sdk/client-dynamodb";
import { PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { getItems } from "../batches.ts";
import { ThrottledError } from "../errors.ts";
import { ItemReader } from "../item.ts";
import { budgetKey, leasedSumRange, ledgerKey } from "../keys.ts";
import { queryItems } from "../query.ts";
import { type BudgetFigures, readBudget } from "../read-budget.ts";
import type { Table } from "../table.ts";
import { backOff, TURNS_MAX } from "../transact.ts";
import { fromLedgerItem, type Ledger, newLedger, toLedgerItem } from "./ledger-item.ts";
import { type LedgerCondition, type LedgerDelta, ledgerUpdate } from "./ledger-writes.ts";

/** A budget in one of its periods. */
export interface BudgetPeriod {
  readonly budget: Budget;
  readonly period: Period;
}

/** A ledger that has just been brought up to date with the totals, and the totals that it was brought to. */
export interface FreshLedger {
  readonly ledger: Ledger;
  readonly figures: BudgetFigures;
  /** What calls with a lease have been counted to have spent. */
  readonly leased: Amount;
}

/** Ledgers in the order asked for; nothing where a budget has none in the period. */
export function findLedgers(table: Table, of: readonly BudgetPeriod[]): Promise<(Ledger | undefined)[]> {
  return findLedgersById(
    table,
    of.map(({ budget, period }) => ({ budgetId: budget.budgetId, period })),
  );
}

export async function findLedgersById(
  table: Table,
  of: readonly { readonly budgetId: string; readonly period: Pick<Period, "id"> }[],
): Promise<(Ledger | undefined)[]> {
  const items = await getItems(
    table,
    of.map(({ budgetId, period }) => ledgerKey(budgetId, period.id)),
  );
  const ledgers = items.map(fromLedgerItem);
  return of.map(({ budgetId, period }) =>
    ledgers.find((one) => one.budgetId === budgetId && one.periodId === period.id),
  );
}

/**
 * The ledger of a budget in a period, made if there is none. It is looked at once more after it was put: a total that
 * changed in between found no ledger to tell.
 */
export async function openLedger(table: Table, of: BudgetPeriod, now: Instant): Promise<Ledger> {
  const { budget, period } = of;
  const [found] = await findLedgers(table, [of]);
  if (found) return found;
  const item = toLedgerItem(await unopenedLedger(table, of, now), period);
  try {
    await table.client.send(
      new PutCommand({ TableName: table.name, Item: item, ConditionExpression: "attribute_not_exists(PK)" }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
  const fresh = await refreshLedger(table, of, now);
  if (fresh === undefined) throw new Error(`the ledger of ${budget.budgetId} in ${period.id} was just made`);
  return fresh.ledger;
}

/** What the ledger of a budget would be that has none in the period yet. */
export async function unopenedLedger(table: Table, of: BudgetPeriod, now: Instant): Promise<Ledger> {
  const { budget, period } = of;
  const leased = await leasedSum(table, of);
  const { spent, limit } = await readBudget(table, budget, now, period);
  return newLedger({
    budgetId: budget.budgetId,
    period,
    base: baseOf(limit),
    rolledOver: limit.rolledOver,
    unleased: period.kind === "minutely" ? Amount.zero : spent.minus(leased),
  });
}

/**
 * Brings a ledger up to date with the totals of its scope: what was spent without a lease, and what has rolled over.
 *
 * What calls with a lease came to is read first, then the totals: the rollup counts in the opposite order, so a call is
 * never taken for leased before it is in the totals, and the remainder is never too large. It is written on the
 * condition that nobody has written since, and then looked at once more, until there is nothing to write: somebody else
 * may have looked later and found nothing to do, before the figure of here was written.
 *
 * @returns nothing when the budget has no ledger in the period: nobody has asked for a part of it yet
 */
export async function refreshLedger(
  table: Table,
  of: BudgetPeriod,
  now: Instant,
): Promise<FreshLedger | undefined> {
  for (let attempt = 1; attempt <= TURNS_MAX; attempt++) {
    const [ledger] = await findLedgers(table, [of]);
    if (ledger === undefined) return undefined;
    // Of calls that the rollup is at, the totals know already and the leased sums do not yet.
    const leased = await leasedSum(table, of);
    const figures = await readBudget(table, of.budget, now, of.period);
    const unleased = figures.spent.minus(leased);
    const delta = changes({
      base: baseOf(figures.limit).minus(ledger.base),
      rolled_over: figures.limit.rolledOver.minus(ledger.rolledOver),
      // Totals know no minutes: there is nothing that came without a lease.
      unleased: of.period.kind === "minutely" ? Amount.zero : unleased.minus(ledger.unleased),
    });
    if (delta === undefined) return { ledger, figures, leased };
    const condition = { snapshot: ledger.snapshot, base: ledger.base };
    if (!(await updateLedger(table, ledger, delta, condition))) await backOff(attempt);
  }
  throw new ThrottledError(`the ledger of ${of.budget.budgetId} changes faster than it can be written`);
}

/** Brings the base of a ledger to what it is now: increases begin and end by their own time stamps. */
export async function syncBase(
  table: Table,
  ledger: Ledger,
  of: BudgetPeriod,
  now: Instant,
): Promise<Ledger> {
  const base = baseAt(of, now);
  if (base.equals(ledger.base)) return ledger;
  const written = await updateLedger(table, ledger, { base: base.minus(ledger.base) }, { base: ledger.base });
  if (written) return written;
  const [found] = await findLedgers(table, [of]);
  return found ?? ledger;
}

/** The same for those who only look. */
export function withBaseAt(ledger: Ledger, of: BudgetPeriod, now: Instant): Ledger {
  const base = baseAt(of, now);
  return { ...ledger, base, available: ledger.available.plus(base.minus(ledger.base)) };
}

function baseAt({ budget, period }: BudgetPeriod, now: Instant): Amount {
  const { amount, increased } = baseLimitAt(budget, period, now);
  return amount.plus(increased);
}

/** What calls with a lease of the budget have been counted to have spent in the period. */
export async function leasedSum(table: Table, { budget, period }: BudgetPeriod): Promise<Amount> {
  const items = await queryItems(table, {
    partition: budgetKey(budget.budgetId).PK,
    between: leasedSumRange(period.id),
  });
  return Amount.sum(items.map((item) => new ItemReader(item).optionalMoney("amount") ?? Amount.zero));
}

/** @returns the ledger as it is then, or nothing when the condition does not hold, or a transaction is at the ledger */
async function updateLedger(
  table: Table,
  ledger: Pick<Ledger, "budgetId" | "periodId">,
  delta: LedgerDelta,
  condition: LedgerCondition,
): Promise<Ledger | undefined> {
  try {
    const { Attributes: item } = await table.client.send(
      new UpdateCommand({
        ...ledgerUpdate(table, ledger, delta, condition),
        ReturnValues: "ALL_NEW",
      }),
    );
    return item && fromLedgerItem(item);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    if (error instanceof TransactionConflictException) return undefined;
    throw error;
  }
}

const baseOf = (limit: PeriodLimit): Amount => limitOf({ ...limit, rolledOver: Amount.zero });

function changes(delta: Readonly<Record<string, Amount>>): LedgerDelta | undefined {
  const changed = Object.entries(delta).filter(([, amount]) => !amount.isZero());
  return changed.length > 0 ? Object.fromEntries(changed) : undefined;
}
