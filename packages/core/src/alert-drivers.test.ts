import { describe, expect, it } from "vitest";
import { driverDimensionsOf, largestDrivers, sampledDrivers } from "./alert-drivers.ts";
import { aPricedMetric } from "./fixtures.ts";
import { Money } from "./money.ts";
import { parseScope } from "./scope.ts";

const growth = parseScope("team:growth");
const money = (text: string) => Money.parse(text);

describe("largest drivers", () => {
  it("are three, the largest first, with their shares of the whole", () => {
    const amounts = new Map(
      [
        ["a", "1"],
        ["b", "5"],
        ["c", "3"],
        ["d", "2"],
      ].map(([name = "", text = ""]) => [name, money(text)]),
    );
    expect(largestDrivers(amounts, money("15")).map(({ name, share }) => [name, share])).toEqual([
      ["b", "33.33"],
      ["c", "20"],
      ["d", "13.33"],
    ]);
  });

  it("are not those who came to nothing, or have no name", () => {
    const amounts = new Map([
      ["a", Money.zero],
      ["b", money("-1")],
      ["", money("9")],
      ["c", money("1")],
    ]);
    expect(largestDrivers(amounts, money("10")).map(({ name }) => name)).toEqual(["c"]);
  });

  it("stand by name where they are equal", () => {
    const amounts = new Map(["z", "a", "m"].map((name) => [name, money("1")]));
    expect(largestDrivers(amounts, money("3")).map(({ name }) => name)).toEqual(["a", "m", "z"]);
  });
});

describe("dimensions of drivers", () => {
  it.each([
    ["global:all", ["model", "user", "job"]],
    ["team:growth", ["model", "user", "job"]],
    ["model:gpt-4o", ["user", "job", "feature"]],
    ["user:ada", ["model", "job", "feature"]],
    ["job:nightly", ["model", "user", "feature"]],
  ])("of %s leave out its own", (scope, dimensions) => {
    expect(driverDimensionsOf(parseScope(scope))).toEqual(dimensions);
  });
});

describe("drivers of a sample", () => {
  const metrics = [
    aPricedMetric({ userId: "ada", model: "m1", team: "growth", callCount: 3 }, "6"),
    aPricedMetric({ userId: "bob", model: "m2", team: "growth" }, "3"),
    aPricedMetric({ model: "m2", team: "growth" }, "1"),
  ];

  it("are what its calls came to, of all of them", () => {
    expect(
      sampledDrivers({ metrics, scope: growth, unit: "usd", dimensions: ["user", "model", "job"] }),
    ).toEqual([
      {
        dimension: "user",
        sampledCalls: 5,
        drivers: [
          { name: "ada", amount: money("6"), share: "60" },
          { name: "bob", amount: money("3"), share: "30" },
        ],
      },
      {
        dimension: "model",
        sampledCalls: 5,
        drivers: [
          { name: "m1", amount: money("6"), share: "60" },
          { name: "m2", amount: money("4"), share: "40" },
        ],
      },
      { dimension: "job", sampledCalls: 5, drivers: [] },
    ]);
  });

  it("are measured in the unit of the budget", () => {
    const [group] = sampledDrivers({ metrics, scope: growth, unit: "requests", dimensions: ["user"] });
    expect(group?.drivers).toEqual([
      { name: "ada", amount: money("3"), share: "60" },
      { name: "bob", amount: money("1"), share: "20" },
    ]);
  });

  it("divide a call among the models that ran in it", () => {
    const several = aPricedMetric(
      { team: "growth", model: "m1", alsoUsed: [{ model: "m2", usage: { input: 10 } }] },
      { status: "priced", cost: money("5"), priceId: "p", alsoUsedCosts: [money("2")] },
    );
    const [group] = sampledDrivers({ metrics: [several], scope: growth, unit: "usd", dimensions: ["model"] });
    expect(group?.drivers.map(({ name, amount }) => [name, amount.toString()])).toEqual([
      ["m1", "3"],
      ["m2", "2"],
    ]);
  });

  it("count to a model its own part of a call alone", () => {
    const several = aPricedMetric(
      { userId: "ada", model: "m1", alsoUsed: [{ model: "m2", usage: { input: 10 } }] },
      { status: "priced", cost: money("5"), priceId: "p", alsoUsedCosts: [money("2")] },
    );
    const [group] = sampledDrivers({
      metrics: [several],
      scope: parseScope("model:m2"),
      unit: "usd",
      dimensions: ["user"],
    });
    expect(group?.drivers).toEqual([{ name: "ada", amount: money("2"), share: "100" }]);
  });

  it("are none of no calls", () => {
    expect(sampledDrivers({ metrics: [], scope: growth, unit: "usd", dimensions: ["user"] })).toEqual([]);
  });
});
