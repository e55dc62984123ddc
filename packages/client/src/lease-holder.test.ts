import { Amount, instantFromEpochMs, plusMs } from "@ai-usage/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Lease, NewLease } from "./answers.ts";
import { BudgetExhaustedError, UnreachableError } from "./errors.ts";
import { LeaseHolder, type LeaseHolderOptions } from "./lease-holder.ts";
import type { LeaseInput } from "./lease-requests.ts";

const now = () => instantFromEpochMs(Date.now());
/** The API's clock is an hour behind: only how long a lease lasts can be told by it. */
const HOUR_BEHIND = -3_600_000;
const perCallUsually = { cost_usd: "0.03", tokens: "0", requests: "1" };
const taken = (costUsd: string) => ({ costUsd, tokens: 0, requests: 1 });

interface GivenApi {
  readonly grantMax?: number;
  readonly budgets?: NewLease["budgets"];
  readonly lifeMs?: number;
  readonly waitMsMax?: number;
  readonly perCall?: Lease["per_call"];
  readonly prices?: Pick<NewLease, "unit_prices" | "unit_prices_prompt_tokens_max">;
}

function anApi(given: GivenApi = {}) {
  const { grantMax = 100, lifeMs = 60_000, perCall = perCallUsually, prices, waitMsMax } = given;
  let leases = 0;
  const leaseOf = (id: string, calls: number, granted = calls): Lease => ({
    lease_id: id,
    state: "open",
    calls,
    per_call: perCall,
    granted: {
      cost_usd: Amount.parse(perCall.cost_usd).times(String(granted)).toString(),
      tokens: String(Number(perCall.tokens) * granted),
      requests: String(granted),
    },
    budgets: given.budgets ?? [
      { budget_id: "bud_1", unit: "usd", period_id: "2026-11", resets_at: now(), held: "1" },
    ],
    acquired_at: plusMs(now(), HOUR_BEHIND),
    expires_at: plusMs(now(), HOUR_BEHIND + lifeMs),
  });
  const api = {
    acquireLease: vi.fn(async (input: LeaseInput): Promise<NewLease> => {
      leases += 1;
      const lease = leaseOf(`lea_${leases}`, Math.min(grantMax, input.calls ?? 1));
      const fail_mode = "closed";
      return { ...lease, ...prices, estimated: false, fail_mode, consulted: [], would_have_refused: [] };
    }),
    renewLease: vi.fn(
      async (id: string, renewal: Parameters<LeaseHolderOptions["client"]["renewLease"]>[1]) => ({
        ...leaseOf(id, 0),
        granted: {
          cost_usd: String(renewal?.spent?.cost_usd),
          tokens: String(renewal?.spent?.tokens),
          requests: String(renewal?.spent?.requests),
        },
      }),
    ),
    settleLease: vi.fn(async (id: string) => leaseOf(id, 0)),
    releaseLease: vi.fn(async (id: string) => leaseOf(id, 0)),
  } satisfies LeaseHolderOptions["client"];
  const problems: Error[] = [];
  const holder = new LeaseHolder({
    client: api,
    call: { service: "openai", model: "gpt-4o" },
    clock: Date.now,
    onProblem: (error) => problems.push(error),
    ...(waitMsMax !== undefined && { waitMsMax }),
  });
  return { api, holder, problems };
}

const exhausted = (seconds: number) =>
  new BudgetExhaustedError({
    type: "urn:ai-usage:problem:budget-exhausted",
    title: "Budget exhausted",
    status: 402,
    detail: "nothing left",
    budgets: [],
    retry_after_seconds: seconds,
  });

async function admitted(holder: LeaseHolder) {
  const admission = await holder.admit();
  if (admission.outcome !== "admitted") throw new Error(admission.outcome);
  return admission;
}

beforeEach(() => vi.useFakeTimers({ now: Date.UTC(2026, 10, 21, 12) }));
afterEach(() => vi.useRealTimers());

describe("a holder of leases", () => {
  it("asks once for all calls that wait, and then lets calls in without asking", async () => {
    const { api, holder } = anApi();
    expect(holder.tryAdmit()).toBeUndefined();
    const admissions = await Promise.all(Array.from({ length: 20 }, () => admitted(holder)));
    expect(new Set(admissions.map(({ leaseId }) => leaseId)).size).toBeLessThanOrEqual(2);
    expect(api.acquireLease.mock.calls[0]?.[0]).toEqual({
      call: { service: "openai", model: "gpt-4o" },
      calls: 20,
      ttl_seconds: 60,
    });
  });

  it("gets as many calls at a time as come in two seconds, before it needs them", async () => {
    const { api, holder } = anApi({ grantMax: 10_000 });
    for (let second = 0; second < 6; second += 1) {
      for (let count = 0; count < 50; count += 1) {
        (await admitted(holder)).done(taken("0.03"));
        await vi.advanceTimersByTimeAsync(20);
      }
    }
    const last = api.acquireLease.mock.lastCall?.[0].calls ?? 0;
    expect(last).toBeGreaterThanOrEqual(90);
    expect(last).toBeLessThanOrEqual(110);
    expect(api.acquireLease.mock.calls.length).toBeLessThan(20);
  });

  it("settles a lease that is used up with what its calls took, when all of them are over", async () => {
    const { api, holder } = anApi({ grantMax: 2 });
    const [one, two] = await Promise.all([admitted(holder), admitted(holder)]);
    await admitted(holder);
    one.done(taken("0.02"));
    one.done(taken("0.03"));
    two.done();
    await vi.advanceTimersByTimeAsync(0);
    const settled = api.settleLease.mock.calls.filter(([id]) => id === one.leaseId || id === two.leaseId);
    const sum = settled.map(([, spent]: unknown[]) => Number((spent as { cost_usd: string }).cost_usd));
    expect(sum.reduce((a, b) => a + b, 0)).toBeCloseTo(0.05);
  });

  it("lets nothing in that comes to more than was granted", async () => {
    const { api, holder } = anApi({ grantMax: 3 });
    api.acquireLease.mockImplementationOnce(
      api.acquireLease.getMockImplementation() ?? (() => Promise.reject()),
    );
    api.acquireLease.mockRejectedValue(exhausted(60));
    const first = await Promise.all([1, 2, 3, 4, 5].map(() => holder.admit()));
    expect(first.map(({ outcome }) => outcome)).toEqual([
      "admitted",
      "admitted",
      "admitted",
      "refused",
      "refused",
    ]);
    const [one] = first;
    if (one?.outcome === "admitted") one.done(taken("0"));
    expect((await holder.admit()).outcome).toBe("admitted");
    expect((await holder.admit()).outcome).toBe("refused");
  });

  it("remembers a refusal until asking again may help, half a minute at most", async () => {
    const { api, holder } = anApi();
    api.acquireLease.mockRejectedValueOnce(exhausted(3600));
    expect(await holder.admit()).toMatchObject({ outcome: "refused", error: { retryAfterSeconds: 3600 } });
    await vi.advanceTimersByTimeAsync(29_999);
    expect(holder.tryAdmit()).toMatchObject({ outcome: "refused" });
    await vi.advanceTimersByTimeAsync(1);
    expect(holder.tryAdmit()).toBeUndefined();
    expect(api.acquireLease).toHaveBeenCalledTimes(1);
    await admitted(holder);
    expect(api.acquireLease).toHaveBeenCalledTimes(2);
  });

  it("gets twice as many calls at a time while leases last shorter than they are to", async () => {
    const { api, holder } = anApi();
    for (let call = 0; call < 7; call += 1) {
      await admitted(holder);
      // Each is used up at once, so that pace tells nothing.
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(api.acquireLease.mock.calls.slice(0, 3).map(([{ calls }]) => calls)).toEqual([1, 2, 4]);
  });

  it("lets calls wait so long at most, and makes use of an answer that comes later", async () => {
    const { api, holder } = anApi({ waitMsMax: 3_000 });
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const acquire = api.acquireLease.getMockImplementation();
    api.acquireLease.mockImplementationOnce(async (input) => {
      await answered;
      if (acquire === undefined) throw new TypeError("there is one");
      return acquire(input);
    });
    const waiting = [holder.admit(), holder.admit()];
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await Promise.all(waiting)).toMatchObject([{ outcome: "unasked" }, { outcome: "unasked" }]);
    await vi.advanceTimersByTimeAsync(1_000);
    const next = holder.admit();
    answer();
    expect(await next).toMatchObject({ outcome: "admitted", leaseId: "lea_1" });
    expect(api.acquireLease).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(1);
  });

  it("says what becomes of calls while nobody answers: as configured, and then as the budgets say", async () => {
    const { api, holder } = anApi();
    const down = new UnreachableError("https://api", "no answer");
    api.acquireLease.mockRejectedValueOnce(down);
    expect(await holder.admit()).toEqual({ outcome: "unasked", failMode: "open", error: down });
    expect(holder.tryAdmit()).toMatchObject({ outcome: "unasked" });
    await vi.advanceTimersByTimeAsync(1_000);
    await admitted(holder);
    api.acquireLease.mockRejectedValue(down);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(await holder.admit()).toMatchObject({ outcome: "unasked", failMode: "closed" });
  });

  it("lets calls in as long as a lease lasts from before it was asked for, whatever the API's clock says", async () => {
    const { api, holder } = anApi({ grantMax: 5 });
    const [one] = await Promise.all([admitted(holder), admitted(holder)]);
    one.done({ costUsd: "0", tokens: 0, requests: 0 });
    await vi.advanceTimersByTimeAsync(47_999);
    expect(holder.tryAdmit()?.outcome).toBe("admitted");
    expect(api.renewLease).not.toHaveBeenCalled();
  });

  it("gives back in time what it does not use", async () => {
    const { api, holder } = anApi({ grantMax: 5 });
    (await admitted(holder)).done(taken("0.01"));
    await vi.advanceTimersByTimeAsync(48_000);
    expect(api.settleLease).toHaveBeenCalledWith("lea_1", { cost_usd: "0.01", tokens: 0, requests: 1 });
    expect(holder.tryAdmit()).toBeUndefined();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("makes a lease last while calls of it are under way, and holds no more than they may take", async () => {
    const { api, holder } = anApi({ grantMax: 5 });
    const [long, short] = await Promise.all([admitted(holder), admitted(holder)]);
    short.done(taken("0.01"));
    await vi.advanceTimersByTimeAsync(48_000);
    const spent = { cost_usd: "0.04", tokens: 0, requests: 2 };
    expect(api.renewLease).toHaveBeenCalledWith("lea_1", { calls: 0, ttl_seconds: 60, spent });
    await vi.advanceTimersByTimeAsync(48_000);
    expect(api.renewLease).toHaveBeenCalledTimes(2);
    long.done(taken("0.03"));
    expect(api.settleLease).toHaveBeenCalledWith("lea_1", spent);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(api.renewLease).toHaveBeenCalledTimes(2);
  });

  it("settles late what cannot be made to last, and tells of it", async () => {
    const { api, holder, problems } = anApi();
    const call = await admitted(holder);
    api.renewLease.mockRejectedValue(new UnreachableError("https://api", "no answer"));
    await vi.advanceTimersByTimeAsync(300_000);
    expect(problems).toHaveLength(1);
    expect(api.settleLease).not.toHaveBeenCalled();
    call.done(taken("0.02"));
    expect(api.settleLease).toHaveBeenCalledWith("lea_1", { cost_usd: "0.02", tokens: 0, requests: 1 });
  });

  it("settles all when it is closed: calls under way with the most that they may take, unused leases not at all", async () => {
    const { api, holder } = anApi();
    const call = await admitted(holder);
    await holder.close();
    expect(api.settleLease).toHaveBeenCalledWith("lea_1", { cost_usd: "0.03", tokens: 0, requests: 1 });
    call.done(taken("0.01"));
    expect(api.settleLease).toHaveBeenCalledTimes(1);
    const other = anApi();
    await other.holder.close();
    expect(other.api.releaseLease).not.toHaveBeenCalled();
  });

  it("asks no more often than leases end where no budget limits its calls", async () => {
    const { api, holder } = anApi({ budgets: [], grantMax: 1 });
    for (let count = 0; count < 1000; count += 1) (await admitted(holder)).done(taken("5"));
    expect(api.acquireLease).toHaveBeenCalledTimes(1);
  });

  it.each([
    ["nothing", undefined, { cost_usd: "0.03", tokens: 2000, requests: 1 }],
    ["some units", { costUsd: "0.000000000000000001" }, { cost_usd: "0.000000000000000001" }],
    ["all", { costUsd: "0.01", tokens: 700, requests: 1 }, { cost_usd: "0.01", tokens: 700 }],
    ["that the call was not made", { costUsd: "0", tokens: 0, requests: 0 }, undefined],
    ["no amounts", { costUsd: "a dime", tokens: -1, requests: 0.5 }, { cost_usd: "0.03", tokens: 2000 }],
  ])("counts with the most that a call may take where it is told %s", async (_, spent, settled) => {
    const { api, holder } = anApi({ perCall: { cost_usd: "0.03", tokens: "2000", requests: "1" } });
    (await admitted(holder)).done(spent);
    await holder.close();
    const most = { cost_usd: "0.03", tokens: 2000, requests: 1 };
    if (settled === undefined) expect(api.releaseLease).toHaveBeenCalledWith("lea_1");
    else expect(api.settleLease).toHaveBeenCalledWith("lea_1", { ...most, ...settled });
  });

  it("tells what a call costs by the prices of its lease, as far as those tell it", async () => {
    const prices = {
      unit_prices: { input: "0.0000025", output: "0.00001" },
      unit_prices_prompt_tokens_max: 200_000,
    };
    const call = await admitted(anApi({ prices }).holder);
    expect(call.costOf({ input: 1200, output: 300 })).toBe("0.006");
    expect(call.costOf({ input: 1200, search: 1 })).toBeUndefined();
    expect(call.costOf({ input: 200_001 })).toBeUndefined();
    expect((await admitted(anApi().holder)).costOf({ input: 1 })).toBeUndefined();
  });

  it("counts calls to the last digit, far beyond what a number can hold", async () => {
    const { api, holder } = anApi({
      grantMax: 3,
      perCall: { cost_usd: "1234567.000000000000000001", tokens: "0", requests: "1" },
    });
    const calls = await Promise.all([admitted(holder), admitted(holder), admitted(holder)]);
    for (const call of calls) call.done();
    await holder.close();
    expect(api.settleLease).toHaveBeenCalledWith("lea_1", {
      cost_usd: "3703701.000000000000000003",
      tokens: 0,
      requests: 3,
    });
  });
});
