import { describe, expect, it } from "vitest";
import { Amount, type BudgetTerms, type TemporaryIncrease, type Threshold, thresholdIdOf } from "./budget.ts";
import { increaseProblem, orderedThresholds, termsProblem } from "./budget-terms.ts";
import { aBudget } from "./fixtures.ts";
import { parseInstant } from "./time.ts";

const of = (text: string) => Amount.parse(text);
const terms = (given: Partial<BudgetTerms> = {}): BudgetTerms => aBudget(given);
const fieldOf = (given: Partial<BudgetTerms>) => termsProblem(terms(given))?.field;

describe("terms of a budget", () => {
  it("are sound as they are by default, and with all that a budget may have", () => {
    expect(termsProblem(terms())).toBeUndefined();
    const all = { rollover: { cap: of("50") }, spike: { times: "1.5", atLeast: of("0") } };
    expect(termsProblem(terms(all))).toBeUndefined();
    expect(fieldOf({ period: "minutely", enforcement: "hard", thresholds: [] })).toBeUndefined();
    expect(fieldOf({ period: "hourly" })).toBeUndefined();
  });

  it.each<[string, Partial<BudgetTerms>, string]>([
    ["nothing to spend", { amount: of("0") }, "amount"],
    ["part of a token", { unit: "tokens", amount: of("0.5") }, "amount"],
    ["part of a request to roll over", { unit: "requests", rollover: { cap: of("1.5") } }, "rollover"],
    ["less than nothing to roll over", { rollover: { cap: of("-1") } }, "rollover"],
    ["rollover by the hour", { period: "hourly", rollover: { cap: of("1") } }, "rollover"],
    ["a spike of tokens", { unit: "tokens", spike: { times: "3", atLeast: of("1") } }, "spike"],
    ["a spike that is none", { spike: { times: "1", atLeast: of("1") } }, "spike"],
    ["minutes that only alert", { period: "minutely", thresholds: [] }, "enforcement"],
    ["thresholds of minutes", { period: "minutely", enforcement: "shadow" }, "thresholds"],
    [
      "rollover by the minute",
      { period: "minutely", enforcement: "hard", thresholds: [], rollover: { cap: of("1") } },
      "rollover",
    ],
    [
      "a spike of a minute",
      { period: "minutely", enforcement: "hard", thresholds: [], spike: { times: "3", atLeast: of("1") } },
      "spike",
    ],
    [
      "a threshold at nothing",
      { thresholds: [{ at: { amount: of("0") }, on: "actual", level: "INFO" }] },
      "thresholds",
    ],
    [
      "a threshold at part of a token",
      { unit: "tokens", thresholds: [{ at: { amount: of("0.5") }, on: "actual", level: "INFO" }] },
      "thresholds",
    ],
    [
      "more than 20 thresholds",
      {
        thresholds: Array.from({ length: 21 }, (_, index) => ({
          at: { percent: `${index + 1}` },
          on: "actual" as const,
          level: "INFO" as const,
        })),
      },
      "thresholds",
    ],
  ])("cannot have %s", (_, given, field) => {
    expect(fieldOf(given)).toBe(field);
  });
});

describe("increase", () => {
  const increase = (given: Partial<TemporaryIncrease>) =>
    increaseProblem(
      {
        increaseId: "inc_1",
        amount: of("5"),
        from: parseInstant("2026-11-21T12:00:00Z"),
        until: parseInstant("2026-11-22T12:00:00Z"),
        by: "token_1",
        reason: "launch",
        ...given,
      },
      "tokens",
    )?.field;

  it("is of a whole amount above zero, ends later than it begins, and says why", () => {
    expect(increase({})).toBeUndefined();
    expect(increase({ amount: of("0") })).toBe("amount");
    expect(increase({ amount: of("-5") })).toBe("amount");
    expect(increase({ amount: of("0.5") })).toBe("amount");
    expect(increase({ until: parseInstant("2026-11-21T12:00:00Z") })).toBe("until");
    expect(increase({ reason: " " })).toBe("reason");
  });
});

describe("thresholds in order", () => {
  it("rise by what they come to, each once, those on the forecast last", () => {
    const threshold = (at: Threshold["at"], on: Threshold["on"] = "actual"): Threshold => ({
      at,
      on,
      level: "INFO",
    });
    const given = [
      threshold({ percent: "10" }, "forecast"),
      threshold({ percent: "90" }),
      threshold({ amount: of("50") }),
      threshold({ percent: "9" }),
      threshold({ percent: "90" }),
    ];
    expect(orderedThresholds(given, of("100")).map(thresholdIdOf)).toEqual(["9", "a50", "90", "f10"]);
    expect(orderedThresholds(given, of("10")).map(thresholdIdOf)).toEqual(["9", "90", "a50", "f10"]);
  });
});
