import { describe, expect, it } from "vitest";
import {
  clockRange,
  durationMinutes,
  positiveAmount,
  rateLimit,
  spike,
  thresholds,
} from "./budget-parsers.ts";

describe("thresholds on the command line", () => {
  it("are percentages and amounts, with levels and on the forecast if need be", () => {
    expect(thresholds("50,80%,99.5=CRITICAL")).toEqual(["50", "80", { percent: "99.5", level: "CRITICAL" }]);
    expect(thresholds("amount:250.00,forecast:100,forecast:amount:300=WARNING")).toEqual([
      { amount: "250" },
      { percent: "100", on: "forecast" },
      { amount: "300", on: "forecast", level: "WARNING" },
    ]);
  });

  it("add up when given several times, and none is none", () => {
    expect(thresholds("80", thresholds("50"))).toEqual(["50", "80"]);
    expect(thresholds("none", ["50"])).toEqual([]);
  });

  it.each(["", "lots", "50,", "amount:", "amount:1e5", "80=LOUD", "50 80", "forecast"])(
    "are not %j",
    (text) => {
      expect(() => thresholds(text)).toThrow();
    },
  );
});

describe("other values of options", () => {
  it("are times, rates and ranges as people write them", () => {
    expect(["90m", "12h", "3d", "2w"].map(durationMinutes)).toEqual([90, 720, 4320, 20160]);
    expect(rateLimit("10/1h")).toEqual({ messages: 10, per_minutes: 60 });
    expect(clockRange("22:00-07:00")).toEqual({ from: "22:00", to: "07:00" });
    expect(spike("4x,10.50")).toEqual({ times: "4", at_least: "10.5" });
    expect(positiveAmount("0.000000000000000001")).toBe("0.000000000000000001");
  });

  it("are refused otherwise", () => {
    for (const text of ["0h", "12", "1.5h", "h"]) expect(() => durationMinutes(text)).toThrow();
    for (const text of ["24:00-07:00", "22:00", "07:00-07:00", "7:00-8:00"])
      expect(() => clockRange(text)).toThrow();
    for (const text of ["0", "-1", "1e3"]) expect(() => positiveAmount(text)).toThrow();
    for (const text of ["0/1h", "10", "10/h"]) expect(() => rateLimit(text)).toThrow();
  });
});
