import {
  Amount,
  type Budget,
  type Instant,
  type Lease,
  noQuantities,
  parseScope,
  type Quantities,
} from "@ai-usage/core";
import {
  acquireLease,
  createBudget,
  keepLedgers,
  type LeaseOutcome,
  type LeaseRequest,
  ledgerNewsOf,
  openTable,
  recordMetrics,
  rollUp,
  type Table,
} from "@ai-usage/store";
import { aNewBudget, aNote, at } from "./budgets.ts";
import { engineConfig, type TestTable } from "./engine.ts";
import { aPricedMetric, metricOptions } from "./metrics.ts";
import { readStream, recordsOf } from "./stream.ts";

export const NOON = at("2026-11-21T12:00:00Z");

export const usd = (text: string): Quantities => ({ ...noQuantities, usd: Amount.parse(text) });

/** A hard budget of ten dollars a day for team growth, of the day before, and stored. */
export async function aHardBudget(
  table: Table,
  given: Parameters<typeof aNewBudget>[0] = {},
): Promise<Budget> {
  const budget = aNewBudget({
    enforcement: "hard",
    amount: Amount.parse("10"),
    createdAt: at("2026-11-20T00:00:00Z"),
    ...given,
  });
  await createBudget(table, budget, aNote(`chg_${budget.budgetId}`, { at: budget.createdAt }));
  return budget;
}

let leases = 0;
export function acquire(
  table: Table,
  budgets: readonly Budget[],
  given: Partial<Omit<LeaseRequest, "budgets">> & { now?: Instant } = {},
): Promise<LeaseOutcome> {
  leases += 1;
  const { now = NOON, ...request } = given;
  return acquireLease(
    table,
    {
      leaseId: `lea_t${leases}`,
      holder: "token_1",
      scopes: [parseScope("team:growth")],
      budgets,
      perCall: usd("1"),
      calls: 1,
      ttlMs: 60_000,
      ...request,
    },
    now,
  );
}

/** @throws Error when it is refused */
export async function granted(...asked: Parameters<typeof acquire>): Promise<Lease> {
  const outcome = await acquire(...asked);
  if (outcome.outcome === "refused") throw new Error("was refused");
  return outcome.lease;
}

export interface CallMade {
  readonly id: string;
  readonly cost: string;
  readonly at?: Instant;
  readonly leaseId?: string;
}

/** Calls of Ann, of team growth. Stored, and no more: neither the totals nor the ledgers know of it. */
export async function record(table: TestTable, ...calls: readonly CallMade[]): Promise<void> {
  const metrics = calls.map(({ id, cost, leaseId, at: timestamp = NOON }) =>
    aPricedMetric({ requestId: id, team: "growth", userId: "ann", timestamp, leaseId }, cost),
  );
  await recordMetrics(table, metrics, metricOptions);
}

export async function rollAll(table: TestTable): Promise<number> {
  return rollUp(table, recordsOf(await readStream(table), "USAGE#"), "shard");
}

/** Tells the ledgers of all that happened to the table, from its beginning. */
export async function keepAll(table: TestTable, now: Instant = NOON): Promise<void> {
  const records = recordsOf(await readStream(table), "TOTAL#", "LEASE#", "BUDGET#");
  await keepLedgers(table, ledgerNewsOf(records), now);
}

export async function recordAndCount(table: TestTable, ...calls: readonly CallMade[]): Promise<void> {
  await record(table, ...calls);
  await rollAll(table);
  await keepAll(table);
}

interface SentCommand {
  readonly name: string;
  /** As JSON: attributes in either of the client's two forms. */
  readonly input: string;
}

/** The same table, by a client of which each command goes through `meddle`: it sends it, or answers by itself. */
export function meddledTable(
  table: TestTable,
  meddle: (command: SentCommand, send: () => Promise<void>) => Promise<unknown>,
): Table {
  const other = openTable(table.name, engineConfig());
  other.client.middlewareStack.add(
    (next, context) => async (args) => {
      let answer: Awaited<ReturnType<typeof next>> | undefined;
      const command = { name: context.commandName ?? "", input: JSON.stringify(args.input) };
      const own = await meddle(command, async () => {
        answer = await next(args);
      });
      return answer ?? { output: Object.assign({ $metadata: {} }, own), response: undefined };
    },
    { step: "initialize", name: "meddle" },
  );
  return other;
}
