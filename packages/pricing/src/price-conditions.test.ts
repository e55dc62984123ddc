import { parseInstant, type Usage } from "@ai-usage/core";
import { describe, expect, it } from "vitest";
import type { PriceFileProblem } from "./errors.ts";
import { JsonNode } from "./json-node.ts";
import {
  canMeet,
  compareSpecificity,
  conditionsText,
  isDynamic,
  matchesDynamic,
  matchesStatic,
  matchesTier,
  type RowConditions,
  readConditions,
  tierName,
} from "./price-conditions.ts";

function conditionsOf(when: unknown): RowConditions {
  const problems: PriceFileProblem[] = [];
  const conditions = readConditions(new JsonNode(when, "when", problems));
  expect(problems).toEqual([]);
  return conditions;
}

const holdsAt = (when: object, at: string, usage: Usage = {}, callCount = 1) =>
  matchesDynamic(conditionsOf(when), { at: parseInstant(at), usage, callCount });
const holdsFor = (when: object, usage: Usage, callCount = 1) =>
  holdsAt(when, "2026-11-21T10:00:00Z", usage, callCount);

describe("condition on the tier", () => {
  const tiersOf = (when: object) =>
    ["standard", "batch", "flex", "reserved"].filter((tier) => matchesTier(conditionsOf(when), tier));

  it("is the standard tier alone where there is none", () => {
    expect(tiersOf({})).toEqual(["standard"]);
  });

  it("is of one tier, of several, or of all", () => {
    expect(tiersOf({ tier: "batch" })).toEqual(["batch"]);
    expect(tiersOf({ tier: ["batch", "flex"] })).toEqual(["batch", "flex"]);
    expect(tiersOf({ tier: "*" })).toEqual(["standard", "batch", "flex", "reserved"]);
  });

  it("calls a tier by one name, whatever a provider calls it", () => {
    expect(["default", "AUTO", "on_demand", "on-demand", " Standard "].map(tierName)).toEqual(
      Array(5).fill("standard"),
    );
    expect(["Priority", "constructor", "__proto__"].map(tierName)).toEqual([
      "priority",
      "constructor",
      "__proto__",
    ]);
    expect(tiersOf({ tier: ["Batch", "Default"] })).toEqual(["standard", "batch"]);
  });
});

describe("condition on what was served", () => {
  it("is met by a region that a pattern fits, in any case", () => {
    const us = conditionsOf({ region: ["US", "us-*"] });
    const regions = ["us", "us-east-1", "eu", "aus-1"];
    expect(regions.filter((region) => matchesStatic(us, { tier: "standard", region }))).toEqual([
      "us",
      "us-east-1",
    ]);
  });

  it.each(["size", "quality", "resolution"] as const)("is met by a %s that it names", (name) => {
    const conditions = conditionsOf({ [name]: ["HD", "1024x1024"] });
    const met = ["hd", "1024x1024", "1024x1792", "h"].filter((value) =>
      matchesStatic(conditions, { tier: "standard", [name]: value }),
    );
    expect(met).toEqual(["hd", "1024x1024"]);
  });

  it.each(["region", "size", "quality", "resolution"])("is not met where no %s is told", (name) => {
    expect(matchesStatic(conditionsOf({ [name]: "*" }), { tier: "standard" })).toBe(false);
    expect(matchesStatic(conditionsOf({}), { tier: "standard" })).toBe(true);
  });
});

describe("condition on the length of the prompt", () => {
  it.each([
    [{ prompt_over: 200_000 }, [199_999, 200_000, 200_001], [false, false, true]],
    [{ prompt_from: 200_000 }, [199_999, 200_000, 200_001], [false, true, true]],
  ])("%j: one below, at it, one above", (when, lengths, expected) => {
    expect(lengths.map((input) => holdsFor(when, { input }))).toEqual(expected);
  });

  it("counts everything on the input side, and nothing else", () => {
    const when = { prompt_from: 10 };
    expect(holdsFor(when, { input: 4, cache_read: 3, cache_write_1h: 2, audio_input: 1 })).toBe(true);
    expect(holdsFor(when, { input: 9, output: 50, request: 9, x_other: 9 })).toBe(false);
  });

  it("counts the units that it names where it does", () => {
    const when = { prompt_from: 10, prompt_counts: ["input", "x_attached"] };
    expect(holdsFor(when, { input: 4, x_attached: 6 })).toBe(true);
    expect(holdsFor(when, { input: 9, cache_read: 50 })).toBe(false);
  });

  it("is on the length of one call where there are several", () => {
    expect(holdsFor({ prompt_over: 200_000 }, { input: 600_000 }, 3)).toBe(false);
    expect(holdsFor({ prompt_over: 200_000 }, { input: 600_003 }, 3)).toBe(true);
  });
});

describe("condition on the time of day", () => {
  const working = { days: ["mon", "tue", "wed", "thu", "fri"], from: "01:00", to: "04:00", time_zone: "UTC" };

  it("holds from its beginning, included, to its end, not included", () => {
    const times = [
      "2026-11-23T00:59:59.999Z",
      "2026-11-23T01:00:00Z",
      "2026-11-23T03:59:59.999Z",
      "2026-11-23T04:00:00Z",
    ];
    expect(times.map((at) => holdsAt({ time: [working] }, at))).toEqual([false, true, true, false]);
  });

  it("holds on the days that it names", () => {
    const days = ["20", "21", "22", "23"].map((day) => `2026-11-${day}T02:00:00Z`);
    expect(days.map((at) => holdsAt({ time: [working] }, at))).toEqual([true, false, false, true]);
  });

  it("goes past midnight into the morning of the next day, and of no other", () => {
    const friday = { time: [{ days: ["fri"], from: "22:00", to: "02:00", time_zone: "UTC" }] };
    const times = [
      ["2026-11-20T01:59:00Z", false],
      ["2026-11-20T21:59:00Z", false],
      ["2026-11-20T22:00:00Z", true],
      ["2026-11-21T01:59:00Z", true],
      ["2026-11-21T02:00:00Z", false],
      ["2026-11-21T22:00:00Z", false],
    ] as const;
    expect(times.map(([at]) => holdsAt(friday, at))).toEqual(times.map(([, expected]) => expected));
    const sunday = { time: [{ days: ["sun"], from: "22:00", to: "02:00", time_zone: "UTC" }] };
    expect(holdsAt(sunday, "2026-11-23T01:00:00Z")).toBe(true);
  });

  it("lasts the whole day where it ends as it begins", () => {
    const saturday = { time: [{ days: ["sat"], from: "00:00", to: "00:00", time_zone: "UTC" }] };
    const times = [
      "2026-11-20T23:59:59Z",
      "2026-11-21T00:00:00Z",
      "2026-11-21T23:59:59Z",
      "2026-11-22T00:00:00Z",
    ];
    expect(times.map((at) => holdsAt(saturday, at))).toEqual([false, true, true, false]);
  });

  it("is by the clocks of its zone, in summer and in winter", () => {
    const noon = { time: [{ from: "12:00", to: "13:00", time_zone: "America/New_York" }] };
    expect(holdsAt(noon, "2026-07-01T16:00:00Z")).toBe(true);
    expect(holdsAt(noon, "2026-07-01T17:00:00Z")).toBe(false);
    expect(holdsAt(noon, "2026-12-01T16:00:00Z")).toBe(false);
    expect(holdsAt(noon, "2026-12-01T17:00:00Z")).toBe(true);
  });

  it("holds in any of several windows", () => {
    const windows = { time: [working, { ...working, from: "06:00", to: "10:00" }] };
    const times = ["02:00", "05:00", "07:00", "10:00"].map((clock) => `2026-11-23T${clock}:00Z`);
    expect(times.map((at) => holdsAt(windows, at))).toEqual([true, false, true, false]);
  });
});

describe("conditions", () => {
  it("all have to hold", () => {
    const when = { prompt_over: 10, time: [{ from: "10:00", to: "11:00", time_zone: "UTC" }] };
    expect(holdsAt(when, "2026-11-21T10:00:00Z", { input: 11 })).toBe(true);
    expect(holdsAt(when, "2026-11-21T10:00:00Z", { input: 10 })).toBe(false);
    expect(holdsAt(when, "2026-11-21T11:00:00Z", { input: 11 })).toBe(false);
    const both = conditionsOf({ region: "us", quality: "hd" });
    expect(matchesStatic(both, { tier: "standard", region: "us", quality: "hd" })).toBe(true);
    expect(matchesStatic(both, { tier: "standard", region: "us", quality: "sd" })).toBe(false);
  });

  it("are looked at for each call where they are of its length or time", () => {
    expect(
      [{ prompt_over: 1 }, { time: [{ from: "01:00", to: "02:00", time_zone: "UTC" }] }]
        .map(conditionsOf)
        .map(isDynamic),
    ).toEqual([true, true]);
    expect([{}, { tier: "batch", region: "us", size: "a" }].map(conditionsOf).map(isDynamic)).toEqual([
      false,
      false,
    ]);
  });

  it("are the more exact, the more there are, and then the longer the prompt is", () => {
    const order = [
      { tier: "batch", region: "us", prompt_over: 1 },
      { tier: "batch", prompt_over: 500 },
      { tier: "batch", prompt_over: 200, prompt_counts: ["input"] },
      { prompt_over: 500 },
      { region: "us" },
      { tier: "*" },
    ];
    const sorted = [...order].reverse().sort((a, b) => compareSpecificity(conditionsOf(a), conditionsOf(b)));
    expect(sorted).toEqual(order);
    expect(compareSpecificity(conditionsOf({ tier: "*" }), conditionsOf({}))).toBe(0);
  });

  it("are written into the id of a row, in one order", () => {
    expect(conditionsText({ prompt_over: 272_000, tier: ["batch", "flex"] })).toBe(
      "prompt_over=272000,tier=batch+flex",
    );
    expect(conditionsText({ time: [{ days: ["mon"], from: "01:00", to: "04:00", time_zone: "UTC" }] })).toBe(
      "time=mon-01:00-04:00-UTC",
    );
    expect([conditionsText(undefined), conditionsText({})]).toEqual(["", ""]);
  });
});

describe("two conditions", () => {
  const window = (from: string, to: string, given: object = {}) => ({
    time: [{ from, to, time_zone: "UTC", ...given }],
  });

  it.each([
    [{}, {}],
    [{ tier: "*" }, { tier: "batch" }],
    [{ tier: ["batch", "flex"] }, { tier: ["flex"] }],
    [{ region: "us" }, { quality: "hd" }],
    [{ region: ["us-*", "eu"] }, { region: ["*-east-1"] }],
    [{ region: "us-east-1" }, { region: "us-*" }],
    [window("01:00", "04:00"), { region: "us" }],
    [window("01:00", "04:00"), window("03:59", "06:00")],
    [window("22:00", "02:00"), window("01:00", "04:00")],
    [window("22:00", "02:00", { days: ["sun"] }), window("01:00", "04:00", { days: ["mon"] })],
    [window("01:00", "04:00"), window("05:00", "06:00", { time_zone: "Asia/Shanghai" })],
  ])("%j and %j can be met by one call", (a, b) => {
    expect(canMeet(conditionsOf(a), conditionsOf(b))).toBe(true);
    expect(canMeet(conditionsOf(b), conditionsOf(a))).toBe(true);
  });

  it.each([
    [{}, { tier: "batch" }],
    [{ tier: "flex" }, { tier: "batch" }],
    [{ size: "small" }, { size: "large" }],
    [{ region: "us-*" }, { region: "eu-*" }],
    [{ region: "us" }, { region: "us-*" }],
    [{ region: ["us-*", "eu-*"] }, { region: ["ap-*", "us"] }],
    [window("01:00", "04:00"), window("04:00", "06:00")],
    [window("22:00", "02:00", { days: ["sun"] }), window("01:00", "04:00", { days: ["sun"] })],
    [window("01:00", "04:00", { days: ["sat"] }), window("01:00", "04:00", { days: ["sun"] })],
  ])("%j and %j cannot", (a, b) => {
    expect(canMeet(conditionsOf(a), conditionsOf(b))).toBe(false);
    expect(canMeet(conditionsOf(b), conditionsOf(a))).toBe(false);
  });
});
