import { Amount, type Budget, type Instant, parseScope, periodAt, plusMs } from "@ai-usage/core";
import {
  createBudget,
  expireLeases,
  keepLedgers,
  ledgerNewsOf,
  ledgerStatus,
  recordMetrics,
  releaseLease,
  renewLease,
  rollUp,
  settleLease,
  type Table,
  toMetricItem,
} from "@ai-usage/store";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it } from "vitest";
import { aNewBudget, aNote, at } from "../support/budgets.ts";
import { CrashError } from "../support/crashing-table.ts";
import { randomFrom } from "../support/deliveries.ts";
import { type TestTable, withTable } from "../support/engine.ts";
import { itemsOf } from "../support/items.ts";
import { acquire, meddledTable } from "../support/leases.ts";
import { aPricedMetric, metricOptions } from "../support/metrics.ts";
import { readStream, recordsOf } from "../support/stream.ts";

const SEEDS = [1, 2, 3];
const STEPS = 120;
const SCOPES = ["global:all", "team:growth", "user:ann"].map(parseScope);

/** Amounts are whole cents here, so that the naive sums are exact. */
const cents = (count: number) => Amount.parse((count / 100).toFixed(2));
const quantities = (usd: number, requests = 0) => ({
  usd: cents(usd),
  tokens: Amount.zero,
  requests: Amount.parse(String(requests)),
});
/** Engines may keep zeros at the end: `0.00`. */
const plain = (stored: unknown) => Amount.parse(String(stored)).toString();
const sumOf = (calls: readonly { readonly cost: number }[]) => calls.reduce((sum, { cost }) => sum + cost, 0);

interface Call {
  readonly id: string;
  readonly at: Instant;
  readonly leaseId: string | undefined;
  cost: number;
}

interface Held {
  readonly id: string;
  readonly perCall: number;
  readonly calls: Call[];
  left: number;
  expiresAt: Instant;
  isOver: boolean;
}

/** Holders of leases, their calls, and how far the two followers of the stream have come. */
class History {
  readonly #table: TestTable;
  readonly #budgets: readonly Budget[];
  readonly #random: () => number;
  /** Calls come without a lease too, prices are corrected, holders die and settle late. */
  readonly #isWild: boolean;
  readonly #held: Held[] = [];
  readonly #calls: Call[] = [];
  readonly #done = { rolled: 0, kept: 0 };
  /** Soon it is the next day. */
  #now = at("2026-11-21T23:52:00Z");

  constructor(table: TestTable, budgets: readonly Budget[], random: () => number, isWild: boolean) {
    this.#table = table;
    this.#budgets = budgets;
    this.#random = random;
    this.#isWild = isWild;
  }

  async step(): Promise<void> {
    const steps: readonly (readonly [weight: number, step: () => Promise<unknown>])[] = [
      [5, () => this.#acquire()],
      [8, () => this.#call()],
      [3, () => this.#settle(this.#any(this.#isWild ? this.#held : this.#live()))],
      [1, () => this.#release()],
      [2, () => this.#renew()],
      [5, () => this.#follow("rolled")],
      [5, () => this.#follow("kept")],
      [2, () => this.#wait()],
      [1, () => this.#look()],
      [1, () => this.#perhapsDying((table) => expireLeases(table, this.#now))],
      [this.#isWild ? 2 : 0, () => this.#correctPrice()],
      [this.#isWild ? 3 : 0, () => this.#record(this.#upTo(10), this.#any([undefined, ...this.#held])?.id)],
    ];
    let position = this.#random() * steps.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, step] of steps) {
      position -= weight;
      if (position < 0) return void (await step());
    }
  }

  /** Everything is counted, and everybody's time is over: what is left is the limit without what was spent. */
  async end(): Promise<void> {
    await this.#followAll();
    this.#now = plusMs(this.#now, 3_600_000);
    await expireLeases(this.#table, this.#now);
    const stored = await itemsOf(this.#table, "BUDGET#");
    for (const budget of this.#budgets) {
      for (const day of ["2026-11-21", "2026-11-22"]) {
        const left = String(budget.amount.minus(cents(this.#spentOn(day))));
        const key = `BUDGET#${budget.budgetId} PERIOD#${day}`;
        const ledger = stored.find(({ PK, SK }) => `${PK} ${SK}` === key);
        if (ledger) expect([day, plain(ledger.held), plain(ledger.available)]).toEqual([day, "0", left]);
        const period = periodAt("daily", at(`${day}T12:00:00Z`), budget.calendar);
        const { reserved, remaining } = await ledgerStatus(this.#table, budget, this.#now, period);
        expect([day, reserved, remaining].map(String)).toEqual([day, "0", left]);
      }
    }
  }

  async #acquire(): Promise<void> {
    const id = `lea_h${this.#held.length}_${this.#calls.length}_${this.#upTo(1e9)}`;
    const perCall = 1 + this.#upTo(19);
    await this.#perhapsDying(async (table) => {
      const outcome = await acquire(table, this.#budgets, {
        leaseId: id,
        scopes: SCOPES,
        perCall: quantities(perCall, 1),
        calls: 1 + this.#upTo(6),
        ttlMs: 60_000 + this.#upTo(500_000),
        now: this.#now,
      });
      if (outcome.outcome === "refused") return;
      const { calls: left, expiresAt } = outcome.lease;
      this.#held.push({ id, perCall, calls: [], left, expiresAt, isOver: false });
      this.#checkNotOverspent();
    });
  }

  async #call(): Promise<void> {
    const held = this.#any(this.#live().filter(({ left }) => left > 0));
    if (held === undefined) return;
    held.left -= 1;
    held.calls.push(await this.#record(this.#upTo(held.perCall), held.id));
  }

  async #record(cost: number, leaseId: string | undefined): Promise<Call> {
    const call: Call = { id: `call-${this.#calls.length}`, at: this.#now, leaseId, cost };
    this.#calls.push(call);
    await recordMetrics(this.#table, [metricOf(call)], metricOptions);
    return call;
  }

  async #correctPrice(): Promise<void> {
    const call = this.#any(this.#calls);
    if (call === undefined) return;
    call.cost = this.#upTo(30);
    const Item = toMetricItem(metricOf(call), metricOptions);
    await this.#table.client.send(new PutCommand({ TableName: this.#table.name, Item }));
  }

  /** Says what was spent, or somewhat more; a settlement that died is not repeated. */
  async #settle(held: Held | undefined): Promise<void> {
    if (held === undefined) return;
    held.isOver = true;
    const spent = quantities(
      sumOf(held.calls) + (this.#random() < 0.3 ? this.#upTo(10) : 0),
      this.#random() < 0.5 ? held.calls.length : 0,
    );
    await this.#perhapsDying((table) => settleLease(table, { leaseId: held.id, spent, now: this.#now }));
  }

  async #release(): Promise<void> {
    const held = this.#any(this.#live().filter(({ calls }) => calls.length === 0));
    if (held === undefined) return;
    held.isOver = true;
    await this.#perhapsDying((table) => releaseLease(table, { leaseId: held.id, now: this.#now }));
  }

  async #renew(): Promise<void> {
    const held = this.#any(this.#live());
    if (held === undefined) return;
    const renewal = {
      leaseId: held.id,
      spent: quantities(sumOf(held.calls)),
      calls: this.#upTo(3),
      ttlMs: 120_000,
    };
    const renewed = await renewLease(this.#table, renewal, this.#now);
    if (renewed.outcome !== "renewed") return;
    held.left = renewed.lease.calls;
    held.expiresAt = renewed.lease.expiresAt;
    this.#checkNotOverspent();
  }

  /** Some of what the stream has next, perhaps with some of what was there before. */
  async #follow(what: "rolled" | "kept", isAll = false): Promise<void> {
    const prefixes = what === "rolled" ? ["USAGE#"] : ["TOTAL#", "LEASE#"];
    const records = recordsOf(await readStream(this.#table), ...prefixes);
    const before = this.#done[what];
    const to = isAll ? records.length : Math.min(records.length, before + 1 + this.#upTo(8));
    const batch = records.slice(Math.max(0, before - this.#upTo(4)), to);
    const work = async (table: Table) => {
      if (what === "rolled") await rollUp(table, batch, "shard");
      else await keepLedgers(table, ledgerNewsOf(batch), this.#now);
      this.#done[what] = to;
    };
    await (isAll ? work(this.#table) : this.#perhapsDying(work));
  }

  async #followAll(): Promise<void> {
    await this.#follow("rolled", true);
    await this.#follow("kept", true);
  }

  async #wait(): Promise<void> {
    const next = plusMs(this.#now, 1_000 + this.#upTo(240_000));
    if (!this.#isWild) {
      // Holders that live say in time what they spent, and metrics come before settlements are given up.
      for (const held of this.#live().filter(({ expiresAt }) => expiresAt <= next)) {
        const spent = quantities(sumOf(held.calls), held.calls.length);
        await settleLease(this.#table, { leaseId: held.id, spent, now: this.#now });
        held.isOver = true;
      }
      await this.#follow("rolled", true);
    }
    this.#now = next;
  }

  async #look(): Promise<void> {
    const budget = this.#any(this.#budgets);
    if (budget === undefined) return;
    const { figures, spent, reserved, remaining } = await ledgerStatus(this.#table, budget, this.#now);
    expect(String(spent.plus(reserved).plus(remaining))).toBe(String(figures.limitTotal));
    expect(reserved.isNegative()).toBe(false);
  }

  /** All that was spent in the running period, and all that may still be spent from leases, are within each limit. */
  #checkNotOverspent(): void {
    if (this.#isWild) return;
    const open = this.#live().reduce((sum, { left, perCall }) => sum + left * perCall, 0);
    const taken = cents(this.#spentOn(this.#now.slice(0, 10)) + open);
    for (const { amount } of this.#budgets) expect(amount.atLeast(taken)).toBe(true);
  }

  /** One time in five by a process that dies at one of its writes: before it, or before it hears of it. */
  async #perhapsDying(work: (table: Table) => Promise<unknown>): Promise<void> {
    if (this.#random() < 0.8) return void (await work(this.#table));
    const writes = this.#upTo(3);
    const isAnswerLost = this.#random() < 0.5;
    let made = 0;
    const table = meddledTable(this.#table, async ({ name }, send) => {
      if (!/^(Transact|Update|Put)/.test(name) || made++ < writes) return send();
      if (isAnswerLost && made === writes + 1) await send();
      throw new CrashError(`after ${writes} writes`);
    });
    try {
      await work(table);
    } catch (error) {
      if (!(error instanceof CrashError)) throw error;
    } finally {
      table.client.destroy();
    }
  }

  #live(): Held[] {
    return this.#held.filter(({ isOver, expiresAt }) => !isOver && this.#now < expiresAt);
  }

  #spentOn(day: string): number {
    return sumOf(this.#calls.filter(({ at: moment }) => moment.startsWith(day)));
  }

  #upTo(count: number): number {
    return Math.floor(this.#random() * (count + 1));
  }

  #any<T>(all: readonly T[]): T | undefined {
    return all[Math.floor(this.#random() * all.length)];
  }
}

const metricOf = ({ id, at: timestamp, leaseId, cost }: Call) =>
  aPricedMetric({ requestId: id, team: "growth", userId: "ann", timestamp, leaseId }, cents(cost).toString());

async function run(seed: number, isWild: boolean): Promise<void> {
  await withTable(async (table) => {
    const budgets = SCOPES.map((scope, index) =>
      aNewBudget({
        scope,
        enforcement: "hard",
        amount: Amount.parse(["6", "4", "3"][index] ?? ""),
        createdAt: at("2026-11-20T00:00:00Z"),
      }),
    );
    for (const budget of budgets) await createBudget(table, budget, aNote(`chg_${budget.budgetId}`));
    const history = new History(table, budgets, randomFrom(seed), isWild);
    for (let step = 0; step < STEPS; step += 1) await history.step();
    await history.end();
  });
}

describe.each(SEEDS)("leases of three nested budgets under a random history, seed %i", (seed) => {
  it("never let more be spent than the limits, as long as holders live", () => run(seed, false));

  it("come to what was spent, with holders dead, prices corrected and processes killed at any write", () =>
    run(seed + 1_000, true));
});
