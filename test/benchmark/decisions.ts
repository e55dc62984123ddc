import {
  Amount,
  type Budget,
  type BudgetTerms,
  defaultThresholds,
  epochMsOf,
  instantFromEpochMs,
  type LeaseAmounts,
  LeaseBlock,
  newBudget,
  noQuantities,
  parseScope,
  type Quantities,
  UTC_CALENDAR,
} from "@ai-usage/core";
import { acquireLease, createBudget, ledgerStatus, settleLease, type Table } from "@ai-usage/store";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Benchmark, BenchmarkResult, RunOptions } from "./benchmark.ts";
import { type Consumed, meterCapacity } from "./capacity-meter.ts";
import { openScratchTable } from "./scratch-table.ts";
import { median } from "./statistics.ts";

const full = { rounds: 200, clientCalls: 400_000, hotCalls: 40_000 };
const quickly = { rounds: 40, clientCalls: 50_000, hotCalls: 10_000 };

/** What a client takes at a time that makes a hundred calls a second. */
const CALLS_PER_LEASE = 200;
const HOLDERS = 20;
const TTL_MS = 60_000;
const perCall: Quantities = { ...noQuantities, usd: Amount.parse("0.01"), requests: Amount.parse("1") };

/** As a client counts them. */
const inClient = ({ usd, tokens, requests }: Quantities): LeaseAmounts => ({
  usd: usd.toSmallestUnits(),
  tokens: Number(tokens.toString()),
  requests: Number(requests.toString()),
});
const perClientCall = inClient(perCall);

/** A decision in the client takes less than a millisecond. */
const CLIENT_GOAL = { atMost: 1_000 };
const HOT_GOAL = { atLeast: 2_000 };

export const decisions: Benchmark = {
  name: "decisions",
  question: "What does it cost to let a call through before a hard budget, from a lease and by the server?",
  async run({ quick, log }: RunOptions): Promise<BenchmarkResult> {
    const { rounds, clientCalls, hotCalls } = quick ? quickly : full;
    const scratch = await openScratchTable("decisions");
    try {
      const client = clientNanoseconds(clientCalls);
      log(`from a lease: ${Math.round(client)} ns`);
      const server = await serverRounds(scratch, rounds);
      log(`${rounds} leases by the server`);
      const hot = await hotBudget(scratch, hotCalls);
      return {
        findings: [
          {
            measure: "a call let in from a lease, and its settling",
            value: client / 1_000,
            unit: "µs",
            goal: CLIENT_GOAL,
          },
          { measure: "a lease of one budget, beside one bare update", value: server.one, unit: "times" },
          {
            measure: "a lease of three nested budgets, beside one bare update",
            value: server.three,
            unit: "times",
          },
          { measure: "settling that, beside one bare update", value: server.settle, unit: "times" },
          { measure: "the same in milliseconds, lease of three and settling", value: server.ms, unit: "ms" },
          {
            measure: "a lease of three nested budgets and its settling",
            value: server.units,
            unit: "write units",
          },
          {
            measure: `the same a call, ${CALLS_PER_LEASE} calls to a lease`,
            value: server.units / CALLS_PER_LEASE,
            unit: "write units",
          },
          {
            measure: `decisions of ${HOLDERS} clients on one global budget`,
            value: hot,
            unit: "a second",
            goal: HOT_GOAL,
          },
        ],
        notes: [
          "A bare update is one conditional UpdateItem through the same SDK to the same engine, in turn with the others.",
          "Clients take leases that shrink as the budget is used up; the run ends when it is, to the last call, and fails if more was let in.",
        ],
        samples: { client, server, hot },
      };
    } finally {
      await scratch.close();
    }
  },
};

function clientNanoseconds(calls: number): number {
  const now = Date.now();
  const block = new LeaseBlock({
    leaseId: "lea_bench",
    granted: inClient({ ...noQuantities, usd: Amount.parse("1000000"), requests: Amount.parse("100000000") }),
    units: ["usd"],
    expiresAtMs: now + 3_600_000,
  });
  const started = process.hrtime.bigint();
  for (let count = 0; count < calls; count += 1) {
    if (!block.admit(perClientCall, now)) throw new Error("there is room for all");
    block.settle(perClientCall, perClientCall);
  }
  return Number(process.hrtime.bigint() - started) / calls;
}

async function serverRounds(table: Table, rounds: number) {
  const nested = await Promise.all(
    ["global:all", "team:bench", "user:bench"].map((scope) => makeBudget(table, scope, "100000")),
  );
  const metered = meterCapacity(table);
  const samples: { bare: number; one: number; three: number; settle: number; consumed: Consumed }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const bare = await msOf(() => bareUpdate(table));
    const one = await msOf(() => lease(table, nested.slice(0, 1), `one-${round}`, 1));
    metered.take();
    const three = await msOf(() => lease(table, nested, `three-${round}`, 1));
    const settle = await msOf(() =>
      settleLease(table, { leaseId: `three-${round}`, spent: perCall, now: instantFromEpochMs(Date.now()) }),
    );
    samples.push({ bare, one, three, settle, consumed: metered.take() });
  }
  const ratio = (of: "one" | "three" | "settle") => median(samples.map((sample) => sample[of] / sample.bare));
  return {
    one: ratio("one"),
    three: ratio("three"),
    settle: ratio("settle"),
    ms: median(samples.map(({ three, settle }) => three + settle)),
    units: median(samples.map(({ consumed }) => consumed.writeUnits)),
  };
}

/** What check-then-count would come to at the least. */
async function bareUpdate(table: Table): Promise<void> {
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: { PK: "BARE", SK: "BARE" },
      UpdateExpression: "ADD spent :amount",
      ConditionExpression: "attribute_not_exists(spent) OR spent < :limit",
      ExpressionAttributeValues: { ":amount": 1, ":limit": 1_000_000 },
    }),
  );
}

function lease(table: Table, budgets: readonly Budget[], leaseId: string, calls: number) {
  const request = {
    leaseId,
    holder: "bench",
    scopes: budgets.map(({ scope }) => scope),
    budgets,
    perCall,
    calls,
  };
  return acquireLease(table, { ...request, ttlMs: TTL_MS }, instantFromEpochMs(Date.now()));
}

/** @returns decisions a second, refusals left out, until the budget is used up */
async function hotBudget(table: Table, calls: number): Promise<number> {
  const limit = perCall.usd.times(String(calls));
  const budget = await makeBudget(table, "feature:hot", limit.toString());
  let leases = 0;
  const holder = async (): Promise<number> => {
    let admitted = 0;
    for (;;) {
      leases += 1;
      const outcome = await lease(table, [budget], `hot-${leases}`, CALLS_PER_LEASE);
      if (outcome.outcome === "refused") return admitted;
      const { leaseId, granted, expiresAt } = outcome.lease;
      const block = new LeaseBlock({
        leaseId,
        granted: inClient(granted),
        units: ["usd"],
        expiresAtMs: epochMsOf(expiresAt),
      });
      while (block.admit(perClientCall, Date.now())) {
        block.settle(perClientCall, perClientCall);
        admitted += 1;
      }
      const spent = { usd: Amount.ofSmallestUnits(block.spent.usd) };
      await settleLease(table, { leaseId, spent, now: instantFromEpochMs(Date.now()) });
    }
  };
  const started = performance.now();
  const admitted = await Promise.all(Array.from({ length: HOLDERS }, holder));
  const seconds = (performance.now() - started) / 1000;
  const sum = admitted.reduce((total, count) => total + count, 0);
  const { remaining } = await ledgerStatus(table, budget, instantFromEpochMs(Date.now()));
  if (sum !== calls || !remaining.isZero()) {
    throw new Error(`${sum} of ${calls} calls were let in, and ${remaining} are left`);
  }
  return sum / seconds;
}

async function makeBudget(table: Table, scope: string, amount: string): Promise<Budget> {
  const terms: BudgetTerms = {
    name: scope,
    scope: parseScope(scope),
    unit: "usd",
    amount: Amount.parse(amount),
    period: "monthly",
    calendar: UTC_CALENDAR,
    thresholds: defaultThresholds,
    enforcement: "hard",
    failMode: "open",
    metadata: {},
  };
  const note = { changeId: "created", at: instantFromEpochMs(Date.now()), by: "benchmark" };
  const made = newBudget({ kind: "create", budgetId: `bench-${scope.replace(":", "-")}`, terms }, note);
  if (made.outcome === "invalid") throw new RangeError(`${made.field} ${made.problem}`);
  await createBudget(table, made.budget, note);
  return made.budget;
}

async function msOf(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await run();
  return performance.now() - started;
}
