import {
  Amount,
  type Budget,
  instantFromEpochMs,
  noQuantities,
  type PeriodKind,
  parseInstant,
  parseScope,
  type Quantities,
} from "@ai-usage/core";
import {
  acquireLease,
  activeBudgetsOf,
  budgetHistory,
  createBudget,
  editBudget,
  keepLedgers,
  ledgerNewsOf,
  ledgerStatus,
  recordMetrics,
  rollUp,
  type StreamRecord,
  settleLease,
  toMetricItem,
} from "@ai-usage/store";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "vitest";
import { aNewBudget, aNote } from "../support/budgets.ts";
import { CrashError, crashingTable } from "../support/crashing-table.ts";
import { randomFrom } from "../support/deliveries.ts";
import { type TestTable, withTable } from "../support/engine.ts";
import { aPricedMetric, metricOptions } from "../support/metrics.ts";
import { type NaiveBudget, NaiveBudgets, periodKeyOf } from "../support/naive-budgets.ts";
import { recordsOf } from "../support/stream.ts";
import { StreamFollower } from "../support/stream-follower.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Begins before the clocks of New York go back, on 1 November. */
const START = Date.parse("2026-10-30T09:00:00Z");
const SCOPES = ["global:all", "team:growth", "team:other", "user:ann", "user:bob"];
const BUDGETS_MAX = 7;

type Step = (world: World) => Promise<void>;

const steps: readonly (readonly [weight: number, name: string, step: Step])[] = [
  [3, "create", (world) => world.create()],
  [4, "change", (world) => world.change()],
  [3, "increase", (world) => world.increase()],
  [28, "spend", (world) => world.spend()],
  [26, "lease", (world) => world.lease()],
  [18, "settle", (world) => world.settle()],
  [14, "wait", (world) => world.wait()],
  [4, "restate", (world) => world.restate()],
  [5, "replay", (world) => world.replay()],
  [5, "crash", (world) => world.crash()],
  [5, "compare", (world) => world.compare()],
];

/** The real thing and the naive one, side by side: every step is done to both. */
class World {
  readonly #table: TestTable;
  readonly #random: () => number;
  readonly #stream: StreamFollower;
  readonly #naive = new NaiveBudgets();
  readonly #budgets = new Map<string, Budget>();
  readonly #open: { leaseId: string; scopes: readonly string[]; spent: Amount }[] = [];
  readonly #seen: StreamRecord[] = [];
  #nowMs = START;
  #ids = 0;

  constructor(table: TestTable, seed: number) {
    this.#table = table;
    this.#random = randomFrom(seed);
    this.#stream = new StreamFollower(table);
  }

  pick(): (typeof steps)[number] {
    const sum = steps.reduce((total, [weight]) => total + weight, 0);
    let at = this.#random() * sum;
    for (const step of steps) {
      at -= step[0];
      if (at < 0) return step;
    }
    throw new Error("the weights add up");
  }

  close(): void {
    this.#stream.close();
  }

  async create(): Promise<void> {
    if (this.#budgets.size >= BUDGETS_MAX) return;
    const period = this.#one<PeriodKind & NaiveBudget["period"]>([
      "hourly",
      "daily",
      "daily",
      "weekly",
      "monthly",
    ]);
    const timeZone = this.#one(["UTC", "America/New_York", "Asia/Kathmandu"]);
    const amount = this.#cents(300, 2_000);
    const cap = period !== "hourly" && this.#random() < 0.5 ? this.#cents(100, 1_500) : undefined;
    const budget = aNewBudget({
      budgetId: `bud_${this.#next()}`,
      scope: parseScope(this.#one(SCOPES)),
      period,
      calendar: { timeZone },
      amount: Amount.parse(amount),
      enforcement: this.#random() < 0.8 ? "hard" : "soft",
      createdAt: this.#now,
      ...(cap !== undefined && { rollover: { cap: Amount.parse(cap) } }),
    });
    await createBudget(this.#table, budget, aNote(`chg_${this.#next()}`, { at: this.#now }));
    this.#budgets.set(budget.budgetId, budget);
    this.#naive.budgets.push({
      id: budget.budgetId,
      scope: budget.scope,
      period,
      timeZone,
      hard: budget.enforcement === "hard",
      createdMs: this.#nowMs,
      ...(cap !== undefined && { rolloverCap: cap }),
      amounts: [{ fromMs: this.#nowMs, amount }],
      increases: [],
    });
  }

  async change(): Promise<void> {
    const naive = this.#anyBudget();
    if (naive === undefined) return;
    const amount = this.#cents(200, 2_500);
    const after = await this.#edit(naive, { kind: "update", terms: { amount: Amount.parse(amount) } });
    if (after) naive.amounts.push({ fromMs: Date.parse(after.updatedAt), amount });
  }

  async increase(): Promise<void> {
    const naive = this.#anyBudget();
    if (naive === undefined) return;
    const fromMs = this.#nowMs + this.#upTo(2 * HOUR_MS);
    const untilMs = fromMs + MINUTE_MS + this.#upTo(10 * HOUR_MS);
    const amount = this.#cents(50, 800);
    const increase = {
      increaseId: `inc_${this.#next()}`,
      amount: Amount.parse(amount),
      from: instantFromEpochMs(fromMs),
      until: instantFromEpochMs(untilMs),
      by: "token_1",
      reason: "a launch",
    };
    const after = await this.#edit(naive, { kind: "increase", increase });
    const made = after?.increases.find(({ increaseId }) => increaseId === increase.increaseId);
    if (made) naive.increases.push({ fromMs: Date.parse(made.from), untilMs, amount });
  }

  /** Calls without a lease, some of them told of late. */
  async spend(): Promise<void> {
    const count = 1 + this.#upTo(3);
    for (let index = 0; index < count; index += 1) {
      const late = this.#random() < 0.25 ? this.#upTo(40 * HOUR_MS) : this.#upTo(MINUTE_MS);
      await this.#record({ scopes: this.#callScopes(), atMs: Math.max(START, this.#nowMs - late) });
    }
    if (this.#random() < 0.5) await this.#drain();
  }

  async lease(): Promise<void> {
    // Only what has been counted can be foreseen.
    await this.#drain();
    const scopes = this.#callScopes();
    const need = this.#cents(2, 60);
    const calls = 1 + this.#upTo(8);
    const under = this.#naive.budgets.filter(({ hard, scope }) => hard && scopes.includes(scope));
    const left = under.map((budget) => this.#naive.remaining(budget, this.#nowMs));
    const isAllowed = left.every((remaining) => remaining.gte(need));
    const leaseId = `lea_${this.#next()}`;
    const budgets = await activeBudgetsOf(this.#table, scopes.map(parseScope));
    const outcome = await acquireLease(
      this.#table,
      {
        leaseId,
        holder: "token_1",
        scopes: scopes.map(parseScope),
        budgets,
        perCall: usd(need),
        calls,
        ttlMs: 2 * MINUTE_MS,
      },
      this.#now,
    );
    expect(outcome.outcome).toBe(isAllowed ? "granted" : "refused");
    if (outcome.outcome !== "granted") return;
    const size = Math.max(1, Math.min(calls, ...left.map((one) => one.div(10).div(need).floor().toNumber())));
    // Leases whose time is over are only taken back when somebody would be refused: until then it may be for fewer calls.
    expect(outcome.lease.calls).toBeGreaterThanOrEqual(1);
    expect(outcome.lease.calls).toBeLessThanOrEqual(size);
    const amount = outcome.lease.granted.usd.toString();
    this.#naive.leases.push({
      id: leaseId,
      held: under.map((budget) => ({
        budgetId: budget.id,
        periodKey: periodKeyOf(budget, this.#nowMs),
        amount,
      })),
      expiresMs: this.#nowMs + 2 * MINUTE_MS,
    });
    this.#open.push({ leaseId, scopes, spent: Amount.zero });
  }

  /** Some of the calls of a lease are made; or their holder says what they came to, perhaps long after, perhaps never. */
  async settle(): Promise<void> {
    const index = this.#upTo(this.#open.length);
    const open = this.#open[index];
    if (open === undefined) return;
    const cost = this.#cents(1, 20);
    await this.#record({ scopes: open.scopes, atMs: this.#nowMs, cost, leaseId: open.leaseId });
    open.spent = open.spent.plus(Amount.parse(cost));
    if (this.#random() < 0.4) return;
    this.#open.splice(index, 1);
    if (this.#random() < 0.25) return;
    const spent = open.spent.toString();
    const settled = await settleLease(this.#table, {
      leaseId: open.leaseId,
      spent: usd(spent),
      now: this.#now,
    });
    expect(settled.outcome).toBe("closed");
    const lease = this.#naive.leases.find(({ id }) => id === open.leaseId);
    if (lease) lease.settled = spent;
    if (this.#random() < 0.3) {
      expect(
        (await settleLease(this.#table, { leaseId: open.leaseId, spent: usd(spent), now: this.#now }))
          .outcome,
      ).toBe("closed");
    }
  }

  async wait(): Promise<void> {
    const long = this.#random();
    this.#nowMs += 1 + this.#upTo(long < 0.6 ? 3 * MINUTE_MS : long < 0.9 ? 2 * HOUR_MS : 20 * HOUR_MS);
  }

  /** A price is corrected: the call costs something else from now on. */
  async restate(): Promise<void> {
    const metric = this.#naive.metrics[this.#upTo(this.#naive.metrics.length)];
    if (metric === undefined) return;
    metric.cost = this.#cents(1, 150);
    await this.#table.client.send(
      new PutCommand({ TableName: this.#table.name, Item: toMetricItem(pricedOf(metric), metricOptions) }),
    );
  }

  /** What was delivered before is delivered again, a piece of it. */
  async replay(): Promise<void> {
    await this.#drain();
    const from = this.#upTo(this.#seen.length);
    await this.#work(this.#table, this.#seen.slice(from, from + 40));
  }

  /** Whoever works on what is new dies at one of the first writes; then somebody else does it again. */
  async crash(): Promise<void> {
    await this.#record({ scopes: this.#callScopes(), atMs: this.#nowMs });
    const records = await this.#stream.next();
    this.#seen.push(...records);
    const crashing = crashingTable(this.#table, this.#upTo(12), this.#random() < 0.5);
    try {
      await this.#work(crashing, records);
    } catch (error) {
      if (!(error instanceof CrashError)) throw error;
    } finally {
      crashing.client.destroy();
    }
    await this.#work(this.#table, records);
    await this.#drain();
  }

  async compare(): Promise<void> {
    await this.#drain();
    for (const naive of this.#naive.budgets) {
      const budget = this.#budgets.get(naive.id);
      if (budget === undefined) throw new Error("every budget is there twice");
      const key = periodKeyOf(naive, this.#nowMs);
      const { figures, spent, reserved, remaining } = await ledgerStatus(this.#table, budget, this.#now);
      const limit = this.#naive.limit(naive, key, this.#nowMs);
      expect({
        budget: naive,
        amount: String(figures.limit.amount),
        rolledOver: String(figures.limit.rolledOver),
        increased: String(figures.limit.increased),
        spent: String(spent),
        reserved: String(reserved),
        remaining: String(remaining),
      }).toEqual({
        budget: naive,
        amount: limit.amount.toFixed(),
        rolledOver: limit.rolledOver.toFixed(),
        increased: limit.increased.toFixed(),
        spent: this.#naive.spent(naive, key).toFixed(),
        reserved: naive.hard ? this.#naive.reserved(naive, key, this.#nowMs).toFixed() : "0",
        remaining: naive.hard
          ? this.#naive.remaining(naive, this.#nowMs).toFixed()
          : String(figures.limitTotal.minus(spent)),
      });
      await this.#compareHistory(naive, budget);
    }
  }

  async #compareHistory(naive: NaiveBudget, budget: Budget): Promise<void> {
    const history = await budgetHistory(this.#table, budget, this.#now, 4);
    const keys = this.#naive.periodKeys(naive, this.#nowMs).slice(-4).reverse();
    expect(
      history.map(({ budgeted, rolledOver, increased, spent }) =>
        [budgeted, rolledOver, increased, spent].map(String),
      ),
    ).toEqual(
      keys.map((key) => {
        const { amount, rolledOver, increased } = this.#naive.limit(naive, key, this.#nowMs);
        return [amount, rolledOver, increased, this.#naive.spent(naive, key)].map((one) => one.toFixed());
      }),
    );
  }

  async #drain(): Promise<void> {
    for (;;) {
      const records = await this.#stream.next();
      if (records.length === 0) return;
      this.#seen.push(...records);
      await this.#work(this.#table, records);
    }
  }

  async #work(table: TestTable, records: readonly StreamRecord[]): Promise<void> {
    await rollUp(table, recordsOf(records, "USAGE#"), "shard");
    await keepLedgers(table, ledgerNewsOf(recordsOf(records, "TOTAL#", "LEASE#")), this.#now);
  }

  async #record(call: {
    scopes: readonly string[];
    atMs: number;
    cost?: string;
    leaseId?: string;
  }): Promise<void> {
    const cost = call.cost ?? this.#cents(1, 120);
    const metric = { ...call, id: `req-${this.#next()}`, firstCost: cost, cost };
    this.#naive.metrics.push(metric);
    await recordMetrics(this.#table, [pricedOf(metric)], metricOptions);
  }

  async #edit(naive: NaiveBudget, edit: Parameters<typeof editBudget>[2]): Promise<Budget | undefined> {
    const note = aNote(`chg_${this.#next()}`, { at: this.#now });
    const edited = await editBudget(this.#table, naive.id, edit, note);
    if (edited.outcome !== "edited") return undefined;
    this.#budgets.set(naive.id, edited.budget);
    // Changes of one moment follow each other by a millisecond.
    this.#nowMs = Math.max(this.#nowMs, Date.parse(edited.budget.updatedAt));
    return edited.budget;
  }

  get #now() {
    return parseInstant(new Date(this.#nowMs).toISOString());
  }

  #callScopes(): string[] {
    return ["global:all", this.#one(["team:growth", "team:other"]), this.#one(["user:ann", "user:bob"])];
  }

  #anyBudget(): NaiveBudget | undefined {
    return this.#naive.budgets[this.#upTo(this.#naive.budgets.length)];
  }

  #next(): number {
    this.#ids += 1;
    return this.#ids;
  }

  #upTo(count: number): number {
    return Math.floor(this.#random() * count);
  }

  #one<T>(all: readonly T[]): T {
    const one = all[this.#upTo(all.length)];
    if (one === undefined) throw new Error("there is one");
    return one;
  }

  #cents(least: number, most: number): string {
    return ((least + this.#upTo(most - least + 1)) / 100).toFixed(2).replace(/\.?0+$/, "");
  }
}

const usd = (text: string): Quantities => ({ ...noQuantities, usd: Amount.parse(text) });

function pricedOf(metric: {
  id: string;
  scopes: readonly string[];
  atMs: number;
  cost: string;
  leaseId?: string;
}) {
  const nameIn = (dimension: string) =>
    metric.scopes.find((scope) => scope.startsWith(`${dimension}:`))?.slice(dimension.length + 1);
  return aPricedMetric(
    {
      requestId: metric.id,
      timestamp: instantFromEpochMs(metric.atMs),
      team: nameIn("team"),
      userId: nameIn("user"),
      leaseId: metric.leaseId,
    },
    metric.cost,
  );
}

describe("budgets under a random history of 1,000 steps", () => {
  const seeds = (process.env.AI_USAGE_SEEDS ?? "1").split(",").map(Number);

  it.each(seeds)("come to what a naive model says, seed %i", { timeout: 900_000 }, async (seed) => {
    await withTable(async (table) => {
      const world = new World(table, seed);
      const trail: string[] = [];
      try {
        await world.create();
        await world.create();
        for (let count = 0; count < 1_000; count += 1) {
          const [, name, step] = world.pick();
          trail.push(name);
          await step(world);
        }
        await world.compare();
      } catch (error) {
        console.error(`seed ${seed}, step ${trail.length}: … ${trail.slice(-8).join(", ")}`);
        throw error;
      } finally {
        world.close();
      }
    });
  });
});
