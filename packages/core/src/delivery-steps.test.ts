import { describe, expect, it } from "vitest";
import type { DeliveryAttempt } from "./delivery.ts";
import { aDelivery, anAlert } from "./delivery-fixtures.ts";
import {
  attempted,
  CLAIM_MS,
  cancelled,
  claimed,
  isCollected,
  isDue,
  messageIdOf,
  putOff,
  redriven,
  reminderAfter,
  revised,
} from "./delivery-steps.ts";
import { parseInstant, plusMs } from "./time.ts";

const noon = parseInstant("2026-11-21T12:00:00Z");
const later = plusMs(noon, 60_000);
const failed: DeliveryAttempt = { at: noon, ms: 5, outcome: "failed", error: "answered with status 503" };
const sent: DeliveryAttempt = { at: later, ms: 5, outcome: "sent", status: 200 };

describe("delivery", () => {
  it("is due when its time has come, or when whoever was at it is dead", () => {
    expect(isDue(aDelivery(), noon)).toBe(true);
    expect(isDue(aDelivery(), plusMs(noon, -1))).toBe(false);
    const claim = claimed(aDelivery(), noon);
    expect(isDue(claim, plusMs(noon, CLAIM_MS))).toBe(false);
    expect(isDue(claim, plusMs(noon, CLAIM_MS + 1))).toBe(true);
    for (const state of ["sent", "failed", "suppressed", "cancelled"] as const)
      expect(isDue(aDelivery({ state }), later)).toBe(false);
  });

  it("keeps every attempt, and counts its steps", () => {
    const first = attempted(claimed(aDelivery(), noon), failed, { now: noon, retryAt: later });
    expect(first).toMatchObject({ state: "waiting", dueAt: later, tries: 1, revision: 3 });
    expect(first).not.toHaveProperty("lapsesAt");
    const last = attempted(claimed(first, later), sent, { now: later });
    expect(last).toMatchObject({ state: "sent", attempts: [failed, sent], tries: 2, revision: 5, at: later });
    expect(attempted(first, failed, { now: later })).toMatchObject({ state: "failed", tries: 2 });
  });

  it("that was given up begins anew, and keeps what was", () => {
    const anew = redriven(aDelivery({ state: "failed", tries: 8, attempts: [failed] }), later);
    expect(anew).toMatchObject({ state: "waiting", dueAt: later, tries: 0, attempts: [failed] });
  });

  it("that is collected is so in every further attempt", () => {
    const digest = aDelivery({ because: "digest" });
    const again = attempted(claimed(digest, noon), failed, { now: noon, retryAt: later });
    expect(isCollected(again)).toBe(true);
    expect(isCollected(putOff(aDelivery(), { until: later, because: "rate_limit" }, noon))).toBe(true);
    expect(isCollected(putOff(digest, { until: later }, noon))).toBe(true);
    expect(isCollected(putOff(digest, { until: later, because: "snoozed" }, noon))).toBe(false);
    expect(cancelled(digest, "resolved", noon).because).toBe("resolved");
  });
});

describe("message", () => {
  const [a, b] = [aDelivery(), aDelivery({ alertId: "bud_2.2026-11.80.r1" })];

  it("has the same id over all attempts, in any order", () => {
    expect(messageIdOf([a, b])).toBe(messageIdOf([claimed(b, noon), redriven(a, later)]));
    expect(messageIdOf([a])).toMatch(/^dlv_[0-9a-f]{24}$/);
  });

  it("has another id when it tells of more, of another reason, or of another snooze", () => {
    const others = [
      [a, b],
      [b],
      [aDelivery({ reason: "reminder" })],
      [aDelivery({ reason: "reminder", snoozeEnd: later })],
      [aDelivery({ channelId: "chn_2" })],
    ].map(messageIdOf);
    expect(new Set([messageIdOf([a]), ...others]).size).toBe(6);
  });
});

describe("what people make of an alert", () => {
  const remark = { at: noon, by: "token_1" };
  const snoozed = anAlert({ snoozedUntil: later, snoozed: remark });

  it("cancels what waits and is not needed any more, and nothing else", () => {
    const acknowledged = anAlert({ state: "acknowledged", acknowledged: remark });
    expect(revised(aDelivery({ reason: "escalated" }), acknowledged, noon)).toMatchObject({
      state: "cancelled",
      because: "acknowledged",
    });
    expect(revised(aDelivery(), acknowledged, noon)).toBeUndefined();
    const resolved = anAlert({ state: "resolved", resolved: remark });
    expect(revised(aDelivery(), resolved, noon)).toMatchObject({ state: "cancelled", because: "resolved" });
    for (const state of ["sending", "sent", "failed", "suppressed", "cancelled"] as const)
      expect(revised(aDelivery({ state }), resolved, noon)).toBeUndefined();
  });

  it("puts off what waits to the end of a snooze, once", () => {
    const off = revised(aDelivery(), snoozed, noon);
    expect(off).toMatchObject({ state: "waiting", dueAt: later, because: "snoozed" });
    expect(off && revised(off, snoozed, noon)).toBeUndefined();
    const longAway = aDelivery({ dueAt: plusMs(later, 1), because: "digest" });
    expect(revised(longAway, snoozed, noon)).toBeUndefined();
  });

  it("brings forward what waits for the end of a snooze that was shortened", () => {
    const off = aDelivery({ dueAt: plusMs(later, 60_000), because: "snoozed" });
    expect(revised(off, snoozed, noon)).toMatchObject({ dueAt: later, because: "snoozed" });
  });

  it("plans a reminder for the end of a snooze, one for each", () => {
    const told = aDelivery({ state: "sent", attempts: [sent] });
    const first = reminderAfter(told, { alert: snoozed, reminder: undefined, now: noon });
    expect(first).toMatchObject({
      reason: "reminder",
      dueAt: later,
      because: "snoozed",
      attempts: [],
      revision: 1,
    });
    expect(reminderAfter(told, { alert: snoozed, reminder: first, now: noon })).toBeUndefined();
    expect(reminderAfter(told, { alert: snoozed, reminder: undefined, now: later })).toBeUndefined();
    const reminded = first && attempted(claimed(first, later), sent, { now: later });
    const again = anAlert({ snoozedUntil: plusMs(later, 60_000) });
    expect(reminderAfter(told, { alert: again, reminder: reminded, now: later })).toMatchObject({
      state: "waiting",
      dueAt: plusMs(later, 60_000),
      attempts: [sent],
      tries: 0,
      revision: 4,
    });
  });
});
