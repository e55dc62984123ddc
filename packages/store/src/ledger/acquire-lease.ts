import { setTimeout as sleep } from "node:timers/promises";
import {
  type Amount,
  type Budget,
  type ConsultedBudget,
  type Instant,
  type Lease,
  leaseExpiry,
  leaseSize,
  periodAt,
  type Quantities,
  type Scope,
  type Shortage,
  timesQuantities,
} from "@ai-usage/core";
import pMap from "p-map";
import { ThrottledError } from "../errors.ts";
import type { Table } from "../table.ts";
import { backOff, type TransactItems, TURNS_MAX, tryToWrite } from "../transact.ts";
import { findLease } from "./close-lease.ts";
import { countRefused } from "./count-refused.ts";
import { expireLeases } from "./expire-leases.ts";
import { toLeaseItem } from "./lease-item.ts";
import type { Ledger } from "./ledger-item.ts";
import { inTransaction, ledgerUpdate } from "./ledger-writes.ts";
import {
  type BudgetPeriod,
  type FreshLedger,
  findLedgers,
  openLedger,
  refreshLedger,
  syncBase,
  unopenedLedger,
  withBaseAt,
} from "./ledgers.ts";
import { shortageOf } from "./shortage.ts";

export interface LeaseRequest {
  readonly leaseId: string;
  readonly holder: string;
  readonly scopes: readonly Scope[];
  /** Active budgets that the call falls under; those that refuse nothing are left out of account. */
  readonly budgets: readonly Budget[];
  /** What one call takes at most. */
  readonly perCall: Quantities;
  /** How many calls the holder would like to make from it. */
  readonly calls: number;
  readonly ttlMs: number;
}

interface Consulted {
  /** Shadow budgets that would have refused the call. */
  readonly wouldHaveRefused: readonly Shortage[];
  readonly consulted: readonly ConsultedBudget[];
}

export type LeaseOutcome =
  | ({ readonly outcome: "granted"; readonly lease: Lease } & Consulted)
  | ({ readonly outcome: "refused"; readonly shortages: readonly Shortage[] } & Consulted);

/** What one budget of a call has left, and what the call would take of it. */
interface Stake extends BudgetPeriod {
  readonly ledger: Ledger;
  readonly needed: Amount;
}

/** A call that the rollup is at counts twice for a moment, as held and as spent: then it is looked at this often. */
const LOOKS_MAX = 3;
const LOOK_AGAIN_MS = 100;

/**
 * Reserves a part of every hard budget that a call falls under: of all of them or of none, in one transaction, each on
 * the condition that as much is left. So no budget is ever given out beyond its limit, however many ask at once, and who
 * is refused leaves no trace.
 *
 * Asked for again by the same id, a lease is the same. Where the answer was not heard, it ends with its time.
 *
 * @throws ThrottledError when too many others are always faster; nothing was reserved, and it may be tried again
 */
export async function acquireLease(table: Table, request: LeaseRequest, now: Instant): Promise<LeaseOutcome> {
  let looks = 0;
  for (let attempt = 1; attempt <= TURNS_MAX; attempt++) {
    const stakes = await readStakes(table, request, now);
    const short = stakes.filter(isShort);
    if (short.length > 0 && looks < LOOKS_MAX) {
      // Something may have come back, or never have been taken: before anybody is refused, that is looked at.
      const prospect = await lookAgain(table, short, now);
      looks = prospect === "none" ? LOOKS_MAX : looks + 1;
      if (prospect === "later" && looks < LOOKS_MAX) await sleep(LOOK_AGAIN_MS);
      continue;
    }
    const { hard, shadow } = byEnforcement(short, request.perCall, now);
    const consulted = stakes.map(consultedOf);
    if (hard.length > 0) return { outcome: "refused", shortages: hard, wouldHaveRefused: shadow, consulted };
    const lease = leaseFrom(
      request,
      stakes.filter((stake) => !short.includes(stake)),
      now,
    );
    const outcome = await tryToWrite(table, acquireWrites(table, lease, stakes));
    if (outcome === "written") {
      await countRefused(table, short, lease);
      return { outcome: "granted", lease, wouldHaveRefused: shadow, consulted };
    }
    if (outcome === "changed") {
      // Asked for once more by who did not hear the answer: it was granted then.
      const known = await findLease(table, request.leaseId);
      if (known) return { outcome: "granted", lease: known, wouldHaveRefused: shadow, consulted };
      // What was read is no longer so: it has to be looked at again before anybody is refused by it.
      looks = 0;
    }
    await backOff(attempt);
  }
  throw new ThrottledError("too many calls ask for the same budgets at once");
}

/** The ledgers of all budgets that hold or count calls, each with its base as of now. */
async function readStakes(table: Table, asked: Asked, now: Instant): Promise<Stake[]> {
  const periods = stakedPeriods(asked, now);
  const ledgers = await findLedgers(table, periods);
  return pMap(periods, async (of, index) => {
    const ledger = ledgers[index] ?? (await openLedger(table, of, now));
    return { ...of, ledger: await syncBase(table, ledger, of, now), needed: asked.perCall[of.budget.unit] };
  });
}

/** The same for those who only look: no ledger is made, and none is changed. */
async function viewStakes(table: Table, asked: Asked, now: Instant): Promise<Stake[]> {
  const periods = stakedPeriods(asked, now);
  const ledgers = await findLedgers(table, periods);
  return pMap(periods, async (of, index) => {
    const ledger = ledgers[index] ?? (await unopenedLedger(table, of, now));
    return { ...of, ledger: withBaseAt(ledger, of, now), needed: asked.perCall[of.budget.unit] };
  });
}

type Asked = Pick<LeaseRequest, "budgets" | "perCall">;

const stakedPeriods = ({ budgets, perCall }: Asked, now: Instant): BudgetPeriod[] =>
  budgets
    .filter(({ enforcement, unit }) => enforcement !== "soft" && !perCall[unit].isZero())
    .map((budget) => ({ budget, period: periodAt(budget.period, now, budget.calendar) }));

const isShort = ({ ledger, needed }: Stake): boolean => !ledger.available.atLeast(needed);

/**
 * Takes back what leases hold whose time is over, and brings the ledgers up to date.
 *
 * @returns whether there is room then, or may be in a moment: what seems to have come without a lease may be calls of leases
 */
export async function lookAgain(
  table: Table,
  short: readonly (BudgetPeriod & { readonly needed: Amount })[],
  now: Instant,
): Promise<"room" | "later" | "none"> {
  await expireLeases(table, now);
  const fresh = await pMap(short, (stake) => refreshLedger(table, stake, now));
  const prospects = short.map(({ needed }, index) => prospectOf(fresh[index], needed));
  const ofHard = prospects.filter((_, index) => short[index]?.budget.enforcement === "hard");
  if (ofHard.includes("none") || ofHard.length === 0) return "none";
  return ofHard.includes("later") ? "later" : "room";
}

function prospectOf(fresh: FreshLedger | undefined, needed: Amount): "room" | "later" | "none" {
  if (fresh === undefined) return "none";
  const { ledger, leased } = fresh;
  if (ledger.available.atLeast(needed)) return "room";
  // At most this much of what open and closed leases stand for is still to be taken out of what came without a lease.
  const uncounted = ledger.held.plus(ledger.settled).minus(leased);
  const twice = uncounted.atLeast(ledger.unleased) ? ledger.unleased : uncounted;
  return ledger.available.plus(twice).atLeast(needed) ? "later" : "none";
}

function byEnforcement(short: readonly Stake[], perCall: Quantities, now: Instant) {
  const shortagesOf = (enforcement: "hard" | "shadow") =>
    short
      .filter(({ budget }) => budget.enforcement === enforcement)
      .map((stake) => shortageOf({ ...stake, needed: perCall[stake.budget.unit], now }));
  return { hard: shortagesOf("hard"), shadow: shortagesOf("shadow") };
}

function leaseFrom(request: LeaseRequest, stakes: readonly Stake[], now: Instant): Lease {
  const { perCall } = request;
  const size = leaseSize(
    request.calls,
    stakes.map(({ ledger, needed }) => ({ available: ledger.available, needed })),
  );
  const granted = timesQuantities(perCall, size);
  return {
    leaseId: request.leaseId,
    holder: request.holder,
    scopes: request.scopes,
    perCall,
    calls: size,
    granted,
    budgets: stakes.map(({ budget, period }) => ({
      budgetId: budget.budgetId,
      scope: budget.scope,
      unit: budget.unit,
      period,
      held: granted[budget.unit],
    })),
    state: "open",
    acquiredAt: now,
    expiresAt: leaseExpiry(
      now,
      request.ttlMs,
      stakes.map(({ period }) => period),
    ),
  };
}

function acquireWrites(table: Table, lease: Lease, stakes: readonly Stake[]): TransactItems {
  const isHolding = lease.budgets.length > 0;
  return [
    {
      Put: {
        TableName: table.name,
        // One that holds nothing has nothing to give back.
        Item: toLeaseItem({ lease, version: 1 }, isHolding ? lease.expiresAt : undefined),
        ConditionExpression: "attribute_not_exists(PK)",
      },
    },
    ...lease.budgets.map(({ budgetId, period, held }) => {
      const base = stakes.find(({ budget }) => budget.budgetId === budgetId)?.ledger.base;
      const ledger = { budgetId, periodId: period.id };
      return inTransaction(ledgerUpdate(table, ledger, { held, openLeases: 1 }, { available: held, base }));
    }),
  ];
}

function consultedOf({ budget, ledger }: Stake): ConsultedBudget {
  return {
    budgetId: budget.budgetId,
    name: budget.name,
    scope: budget.scope,
    unit: budget.unit,
    enforcement: budget.enforcement,
    failMode: budget.failMode,
    remaining: ledger.available,
  };
}

/** What calls would come up against, now: nothing is reserved, and nothing counted. */
export async function consultBudgets(
  table: Table,
  request: Pick<LeaseRequest, "budgets" | "perCall" | "calls">,
  now: Instant,
): Promise<{ shortages: Shortage[]; wouldHaveRefused: Shortage[]; consulted: ConsultedBudget[] }> {
  const perCall = timesQuantities(request.perCall, request.calls);
  const asked = { budgets: request.budgets, perCall };
  let stakes = await viewStakes(table, asked, now);
  const short = stakes.filter(isShort);
  if (short.length > 0) {
    await lookAgain(table, short, now);
    stakes = await viewStakes(table, asked, now);
  }
  const { hard, shadow } = byEnforcement(stakes.filter(isShort), perCall, now);
  return { shortages: hard, wouldHaveRefused: shadow, consulted: stakes.map(consultedOf) };
}
