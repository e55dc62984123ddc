import { createHash } from "node:crypto";
import {
  Amount,
  budgetUnits,
  epochMsOf,
  type Instant,
  type Lease,
  type LeasedBudget,
  leaseStates,
  parseScope,
  periodKinds,
  type Quantities,
} from "@ai-usage/core";
import { type Item, ItemReader, moneyAttribute } from "../item.ts";
import { leaseKey, OPEN_LEASE_LANES, openLeaseKey } from "../keys.ts";

/** A lease as it is stored: `version` tells whoever writes next that nobody else did meanwhile. */
export interface StoredLease {
  readonly lease: Lease;
  readonly version: number;
  /** Whether somebody has to look at it again. */
  readonly due: boolean;
}

const LEASE_KEPT_DAYS = 30;
const DAY_SECONDS = 86_400;

/**
 * @param dueAt when somebody has to look at it again: when it expires, or when a settlement that its metrics do not bear
 *   out is given up; nothing where that is never
 */
export function toLeaseItem({ lease, version }: Omit<StoredLease, "due">, dueAt: Instant | undefined): Item {
  return {
    ...leaseKey(lease.leaseId),
    ...(dueAt !== undefined && openLeaseKey(lease.leaseId, dueAt, laneOf(lease.leaseId))),
    lease_id: lease.leaseId,
    holder: lease.holder,
    scopes: [...lease.scopes],
    per_call: toQuantityAttributes(lease.perCall),
    calls: lease.calls,
    granted: toQuantityAttributes(lease.granted),
    budgets: lease.budgets.map(toLeasedBudgetAttributes),
    state: lease.state,
    acquired_at: lease.acquiredAt,
    lease_expires_at: lease.expiresAt,
    closed_at: lease.closedAt,
    settled: lease.settled && toQuantityAttributes(lease.settled),
    version,
    expires_at: leaseTtl(lease),
  };
}

/** In seconds since 1970: when the table may drop it. */
export function leaseTtl({ expiresAt }: Pick<Lease, "expiresAt">): number {
  return Math.floor(epochMsOf(expiresAt) / 1000) + LEASE_KEPT_DAYS * DAY_SECONDS;
}

export function fromLeaseItem(item: Item): StoredLease {
  const read = new ItemReader(item);
  const closedAt = read.optionalInstant("closed_at");
  return {
    version: read.integer("version"),
    due: read.has("GSI1PK"),
    lease: {
      leaseId: read.text("lease_id"),
      holder: read.text("holder"),
      scopes: read.texts("scopes").map(parseScope),
      perCall: quantitiesOf(read.map("per_call")),
      calls: read.integer("calls"),
      granted: quantitiesOf(read.map("granted")),
      budgets: read.maps("budgets").map(leasedBudgetOf),
      state: read.word("state", leaseStates),
      acquiredAt: read.instant("acquired_at"),
      expiresAt: read.instant("lease_expires_at"),
      ...(closedAt !== undefined && { closedAt }),
      ...(read.has("settled") && { settled: quantitiesOf(read.map("settled")) }),
    },
  };
}

function toLeasedBudgetAttributes({ period, ...one }: LeasedBudget): Item {
  return {
    budget_id: one.budgetId,
    scope: one.scope,
    unit: one.unit,
    period: { ...period },
    held: moneyAttribute(one.held),
    charged: one.charged && moneyAttribute(one.charged),
  };
}

function leasedBudgetOf(read: ItemReader): LeasedBudget {
  const period = read.map("period");
  const charged = read.optionalMoney("charged");
  return {
    budgetId: read.text("budget_id"),
    scope: parseScope(read.text("scope")),
    unit: read.word("unit", budgetUnits),
    period: {
      id: period.text("id"),
      kind: period.word("kind", periodKinds),
      start: period.instant("start"),
      end: period.instant("end"),
    },
    held: read.money("held"),
    ...(charged !== undefined && { charged }),
  };
}

const toQuantityAttributes = (quantities: Quantities): Item =>
  Object.fromEntries(budgetUnits.map((unit) => [unit, moneyAttribute(quantities[unit])]));

const quantitiesOf = (read: ItemReader): Quantities => ({
  usd: read.money("usd"),
  tokens: read.money("tokens"),
  requests: read.money("requests"),
});

const laneOf = (leaseId: string): number =>
  createHash("sha256").update(leaseId).digest().readUInt32BE(0) % OPEN_LEASE_LANES;

/** What a closed lease counts with in one of its budgets. */
export const chargeOf = ({ charged }: LeasedBudget): Amount => charged ?? Amount.zero;
