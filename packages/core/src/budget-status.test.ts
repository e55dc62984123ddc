import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Amount, type Budget } from "./budget.ts";
import { budgetStatus } from "./budget-status.ts";
import { aBudget } from "./fixtures.ts";
import { periodAt } from "./period.ts";
import { parseInstant } from "./time.ts";

const usd = (text: string) => Amount.parse(text);
const now = parseInstant("2026-11-21T12:00:00Z");
const status = (
  spent: string,
  budget: Budget = aBudget(),
  more: { reserved?: string; rolled?: string } = {},
) =>
  budgetStatus({
    budget,
    period: periodAt(budget.period, now, budget.calendar),
    limit: { amount: budget.amount, rolledOver: usd(more.rolled ?? "0"), increased: Amount.zero },
    spent: usd(spent),
    reserved: usd(more.reserved ?? "0"),
    unpricedCalls: 0,
    now,
  });

const millionths = (max: bigint) =>
  fc.bigInt({ min: 0n, max }).map((count) => usd("0.000001").times(count).toString());

describe("budget status", () => {
  it("divides the limit into what is spent, what is reserved and what remains", () => {
    fc.assert(
      fc.property(
        millionths(200_000_000n),
        millionths(50_000_000n),
        millionths(100_000_000n),
        (spent, reserved, rolled) => {
          const { limit, remaining, overage, exceeded } = status(spent, aBudget(), { reserved, rolled });
          expect(limit.toString()).toBe(usd("100").plus(usd(rolled)).toString());
          expect(Amount.sum([usd(spent), usd(reserved), remaining]).toString()).toBe(limit.toString());
          expect(exceeded).toBe(usd(spent).atLeast(limit));
          const over = usd(spent).minus(limit);
          expect(overage.toString()).toBe(over.isNegative() ? "0" : over.toString());
        },
      ),
    );
  });

  it("is exceeded from the last cent on, and over only beyond it", () => {
    expect(status("99.99")).toMatchObject({ exceeded: false, percentUsed: "99.99" });
    expect(status("100")).toMatchObject({ exceeded: true, percentUsed: "100" });
    expect(status("100").overage.toString()).toBe("0");
    expect(status("100.25").overage.toString()).toBe("0.25");
    expect(status("100.25").remaining.toString()).toBe("-0.25");
  });

  it("is not exceeded by what is only reserved", () => {
    const reserved = status("40", aBudget(), { reserved: "70" });
    expect(reserved).toMatchObject({ exceeded: false, percentUsed: "40" });
    expect(reserved.remaining.toString()).toBe("-10");
  });

  it("counts what was rolled over as part of the limit", () => {
    expect(status("100", aBudget(), { rolled: "25" })).toMatchObject({ exceeded: false, percentUsed: "80" });
  });

  it("knows how long its period has to go", () => {
    expect(status("0").hoursUntilReset).toBe(228);
    const nepal = aBudget({ period: "daily", calendar: { timeZone: "Asia/Kathmandu" } });
    expect(status("0", nepal).hoursUntilReset).toBe(6.25);
  });
});
