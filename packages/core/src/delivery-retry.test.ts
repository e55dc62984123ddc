import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RETRY_MS_MAX, retryAt, TRIES_MAX } from "./delivery-retry.ts";
import { epochMsOf, parseInstant } from "./time.ts";

const now = parseInstant("2026-11-21T12:00:00Z");

function waitAfter(tries: number, given: { random?: number; baseMs?: number; retryAfterMs?: number } = {}) {
  const { random = 1, baseMs = 2_000, retryAfterMs } = given;
  const at = retryAt({ tries }, { permanent: false, retryAfterMs }, { now, baseMs, random });
  return at && epochMsOf(at) - epochMsOf(now);
}

describe("next attempt", () => {
  it("comes after at most twice as long each time, and after an hour at most", () => {
    expect([0, 1, 2, 3].map((tries) => waitAfter(tries))).toEqual([2_000, 4_000, 8_000, 16_000]);
    expect(waitAfter(6, { baseMs: 600_000 })).toBe(RETRY_MS_MAX);
    expect(waitAfter(3, { random: 0.25 })).toBe(4_000);
    expect(waitAfter(3, { random: 0 })).toBe(0);
  });

  it("comes no sooner than the receiver asks for, and after an hour at most", () => {
    expect(waitAfter(0, { retryAfterMs: 90_000 })).toBe(90_000);
    expect(waitAfter(6, { retryAfterMs: 1 })).toBe(128_000);
    expect(waitAfter(0, { retryAfterMs: 2 * RETRY_MS_MAX })).toBe(RETRY_MS_MAX);
  });

  it("does not come after the eighth, or where it would fail again", () => {
    expect(waitAfter(TRIES_MAX - 2)).toBeDefined();
    expect(waitAfter(TRIES_MAX - 1)).toBeUndefined();
    expect(retryAt({ tries: 0 }, { permanent: true }, { now, baseMs: 1, random: 0 })).toBeUndefined();
  });

  it("lies between now and in an hour, whatever chance says", () => {
    fc.assert(
      fc.property(
        fc.nat(TRIES_MAX - 2),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(10_000_000),
        (tries, random, baseMs) => {
          const wait = waitAfter(tries, { random, baseMs });
          expect(wait).toBeGreaterThanOrEqual(0);
          expect(wait).toBeLessThanOrEqual(RETRY_MS_MAX);
        },
      ),
    );
  });
});
