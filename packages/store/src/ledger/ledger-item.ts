import { Amount, epochMsOf, type Period } from "@ai-usage/core";
import { InvalidItemError } from "../errors.ts";
import { type Item, ItemReader, moneyAttribute } from "../item.ts";
import { ledgerKey } from "../keys.ts";

/**
 * What a hard or shadow budget has left in a period, and where the rest is:
 * `available = base + rolledOver - unleased - held - settled`, always.
 */
export interface Ledger {
  readonly budgetId: string;
  readonly periodId: string;
  /** The amount, with the temporary increases that were in force when it was last looked at. */
  readonly base: Amount;
  readonly rolledOver: Amount;
  /** What calls without a lease of this budget have spent, as far as the totals have been looked at. */
  readonly unleased: Amount;
  /** What open leases hold. */
  readonly held: Amount;
  /** How many leases that is. */
  readonly openLeases: number;
  /** What closed leases came to. */
  readonly settled: Amount;
  readonly available: Amount;
  /** How often the totals have been looked at. */
  readonly snapshot: number;
  readonly wouldHaveRefused: { readonly calls: number; readonly amount: Amount };
}

const LEDGER_KEPT_DAYS = 400;
const DAY_SECONDS = 86_400;

/** A ledger in which nothing has happened yet. */
export function newLedger(input: {
  budgetId: string;
  period: Period;
  base: Amount;
  rolledOver: Amount;
  unleased: Amount;
}): Ledger {
  const { budgetId, period, base, rolledOver, unleased } = input;
  return {
    budgetId,
    periodId: period.id,
    base,
    rolledOver,
    unleased,
    held: Amount.zero,
    openLeases: 0,
    settled: Amount.zero,
    available: base.plus(rolledOver).minus(unleased),
    snapshot: 0,
    wouldHaveRefused: { calls: 0, amount: Amount.zero },
  };
}

export function toLedgerItem(ledger: Ledger, period: Period): Item {
  return {
    ...ledgerKey(ledger.budgetId, period.id),
    budget_id: ledger.budgetId,
    period_id: period.id,
    base: moneyAttribute(ledger.base),
    rolled_over: moneyAttribute(ledger.rolledOver),
    unleased: moneyAttribute(ledger.unleased),
    held: moneyAttribute(ledger.held),
    open_leases: ledger.openLeases,
    settled: moneyAttribute(ledger.settled),
    available: moneyAttribute(ledger.available),
    snapshot: ledger.snapshot,
    expires_at: ledgerExpiry(period),
  };
}

/** In seconds since 1970: when the table may drop what was noted of a period. */
export function ledgerExpiry({ end }: Period): number {
  return Math.floor(epochMsOf(end) / 1000) + LEDGER_KEPT_DAYS * DAY_SECONDS;
}

/** @throws InvalidItemError when its parts do not add up: then nothing must be given out of it */
export function fromLedgerItem(item: Item): Ledger {
  const ledger = fromLedgerItemAsIs(item);
  if (!ledger.available.equals(expectedAvailable(ledger))) {
    throw new InvalidItemError(
      "available",
      `is not what the parts of the ledger come to: POST /budgets/${ledger.budgetId}/ledger/repair sets it right`,
    );
  }
  return ledger;
}

/** For those who look what is wrong with it. */
export function fromLedgerItemAsIs(item: Item): Ledger {
  const read = new ItemReader(item);
  return {
    budgetId: read.text("budget_id"),
    periodId: read.text("period_id"),
    base: read.money("base"),
    rolledOver: read.money("rolled_over"),
    unleased: read.money("unleased"),
    held: read.money("held"),
    openLeases: read.integer("open_leases"),
    settled: read.money("settled"),
    available: read.money("available"),
    snapshot: read.integer("snapshot"),
    wouldHaveRefused: {
      calls: read.optionalInteger("would_have_refused_calls") ?? 0,
      amount: read.optionalMoney("would_have_refused_amount") ?? Amount.zero,
    },
  };
}

export function expectedAvailable(ledger: Omit<Ledger, "available">): Amount {
  const { base, rolledOver, unleased, held, settled } = ledger;
  return base.plus(rolledOver).minus(unleased).minus(held).minus(settled);
}
