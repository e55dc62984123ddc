import { describe, expect, it } from "vitest";
import { Reasons } from "./reasons.ts";

describe("reasons", () => {
  it("are none when all is well", () => {
    expect(new Reasons()).toMatchObject({ rejected: 0, message: "" });
  });

  it("are said once, with how many spans they are of; warnings reject nothing", () => {
    const reasons = new Reasons();
    for (const one of ["a is missing", "b is missing", "a is missing"]) reasons.reject(one);
    reasons.warn("c is stored already");
    expect(reasons.rejected).toBe(3);
    expect(reasons.message).toBe("a is missing (2 spans); b is missing; c is stored already");
  });

  it("do not grow with the request", () => {
    const reasons = new Reasons();
    for (let index = 0; index < 500; index += 1) reasons.reject(`reason ${index}`);
    expect(reasons.rejected).toBe(500);
    expect(reasons.message).toMatch(/; reason 9; and 490 other reasons$/);
  });
});
