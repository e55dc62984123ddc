import { describe, expect, it } from "vitest";
import {
  Amount,
  defaultLevelOf,
  formatAmount,
  isAtLeastLevel,
  measureOf,
  type Threshold,
  thresholdAmount,
  thresholdIdOf,
} from "./budget.ts";
import { zeroTotals } from "./totals.ts";

const at = (given: Threshold["at"], on: Threshold["on"] = "actual"): Threshold => ({
  at: given,
  on,
  level: "INFO",
});
const usd = (text: string) => Amount.parse(text);

describe("threshold", () => {
  it("gets the level of the highest default that it reaches", () => {
    const levels = ["1", "50", "79.99", "80", "95", "99.99", "100", "150"].map((percent) =>
      defaultLevelOf(percent),
    );
    expect(levels).toEqual([
      "INFO",
      "INFO",
      "INFO",
      "WARNING",
      "CRITICAL",
      "CRITICAL",
      "EXCEEDED",
      "EXCEEDED",
    ]);
  });

  it("on a forecast warns at most: nothing has happened yet", () => {
    expect(["50", "80", "100", "200"].map((percent) => defaultLevelOf(percent, "forecast"))).toEqual([
      "INFO",
      "WARNING",
      "WARNING",
      "WARNING",
    ]);
  });

  it("is named by its percentage or amount, and by what it is on", () => {
    const thresholds = [
      at({ percent: "99.5" }),
      at({ amount: usd("250") }),
      at({ percent: "100" }, "forecast"),
      at({ amount: usd("0.5") }, "forecast"),
    ];
    expect(thresholds.map(thresholdIdOf)).toEqual(["99.5", "a250", "f100", "fa0.5"]);
  });

  it("is at a percentage of the limit, to the last digit, or at its own amount", () => {
    const limit = usd("100.000000000000000001");
    expect(`${thresholdAmount(at({ percent: "50" }), limit)}`).toBe("50");
    expect(`${thresholdAmount(at({ percent: "100" }), limit)}`).toBe("100.000000000000000001");
    expect(`${thresholdAmount(at({ percent: "99.5" }), usd("0.1"))}`).toBe("0.0995");
    expect(`${thresholdAmount(at({ amount: usd("7") }), limit)}`).toBe("7");
  });

  it("has a level that is at or above another, or not", () => {
    expect(isAtLeastLevel("CRITICAL", "WARNING")).toBe(true);
    expect(isAtLeastLevel("WARNING", "WARNING")).toBe(true);
    expect(isAtLeastLevel("INFO", "WARNING")).toBe(false);
  });
});

describe("unit of a budget", () => {
  const totals = { ...zeroTotals, cost: usd("0.75"), calls: 3, inputTokens: 1200, outputTokens: 34 };

  it("says what of the totals counts", () => {
    expect(`${measureOf("usd", totals)}`).toBe("0.75");
    expect(`${measureOf("tokens", totals)}`).toBe("1234");
    expect(`${measureOf("requests", totals)}`).toBe("3");
  });

  it("is shown to people with its amounts", () => {
    expect(formatAmount("usd", usd("1234.5"))).toBe("$1,234.50");
    expect(formatAmount("tokens", usd("1234567"))).toBe("1,234,567 tokens");
    expect(formatAmount("requests", usd("20"))).toBe("20 requests");
  });
});
