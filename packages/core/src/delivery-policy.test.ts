import { describe, expect, it } from "vitest";
import { aChannel, aDelivery, anAlert, aRecovery } from "./delivery-fixtures.ts";
import {
  channelsFor,
  channelsForEnd,
  escalationFrom,
  holdOn,
  isCoolingDown,
  mayCoolDown,
  plannedDelivery,
  rateWindowAt,
} from "./delivery-policy.ts";
import { parseInstant, plusMs } from "./time.ts";

const noon = parseInstant("2026-11-21T12:00:00Z");
const night = { timeZone: "UTC", from: "11:00", to: "13:00" } as const;
const one = parseInstant("2026-11-21T13:00:00Z");
const digest = { every: "daily", at: "12:30", timeZone: "UTC", upToLevel: "WARNING" } as const;
const halfPast = parseInstant("2026-11-21T12:30:00Z");
const raised = { reason: "raised", from: noon, now: noon } as const;

describe("channels of an alert", () => {
  const ids = (channels: readonly { channelId: string }[]) => channels.map(({ channelId }) => channelId);

  it("are those that it is meant for, but for those on standby", () => {
    const all = [
      aChannel({ channelId: "all" }),
      aChannel({ channelId: "critical", minLevel: "CRITICAL" }),
      aChannel({ channelId: "standby", standby: true }),
    ];
    expect(ids(channelsFor(anAlert(), all))).toEqual(["all"]);
    expect(channelsFor(anAlert({ notify: false }), all)).toEqual([]);
  });

  it("that is over are those that told of it, also when they are on standby", () => {
    const all = ["sent", "sending", "waiting", "failed", "suppressed", "none", "escalated"].map((channelId) =>
      aChannel({ channelId, standby: channelId === "escalated" }),
    );
    const of = [
      ...(["sent", "sending", "waiting", "failed", "suppressed"] as const).map((state) =>
        aDelivery({ channelId: state, state }),
      ),
      aDelivery({ channelId: "escalated", reason: "escalated", state: "sent" }),
    ];
    expect(ids(channelsForEnd(aRecovery(), all, of))).toEqual(["sent", "sending", "escalated"]);
  });
});

describe("planned delivery", () => {
  it("is due at once where nothing holds it back", () => {
    const delivery = plannedDelivery(aChannel(), anAlert(), raised);
    expect(delivery).toEqual(aDelivery());
    expect(delivery).not.toHaveProperty("because");
  });

  it.each([
    ["quiet hours", { quietHours: night }, { dueAt: one, because: "quiet_hours" }],
    [
      "quiet hours that are not for its level",
      { quietHours: { ...night, unlessLevel: "WARNING" } as const },
      { dueAt: noon },
    ],
    [
      "quiet hours for levels below",
      { quietHours: { ...night, unlessLevel: "CRITICAL" } as const },
      { dueAt: one, because: "quiet_hours" },
    ],
    ["a digest", { digest }, { dueAt: halfPast, because: "digest" }],
    ["a digest of lower levels", { digest: { ...digest, upToLevel: "INFO" } as const }, { dueAt: noon }],
    ["a digest in quiet hours", { digest, quietHours: night }, { dueAt: one, because: "digest" }],
  ])("waits for %s", (_, rules, expected) => {
    const { dueAt, because } = plannedDelivery(aChannel(rules), anAlert(), raised);
    expect({ dueAt, because }).toEqual({ because: undefined, ...expected });
  });

  it("waits for the end of a snooze, and of the quiet hours that this falls into", () => {
    const alert = anAlert({ snoozedUntil: halfPast });
    expect(plannedDelivery(aChannel(), alert, raised)).toMatchObject({ dueAt: halfPast, because: "snoozed" });
    const quiet = plannedDelivery(aChannel({ quietHours: night }), alert, raised);
    expect(quiet.dueAt).toBe(one);
    expect(plannedDelivery(aChannel(), anAlert({ snoozedUntil: noon }), raised).dueAt).toBe(noon);
  });

  it("is not collected into a digest when it is escalated", () => {
    const escalated = plannedDelivery(aChannel({ digest }), anAlert(), { ...raised, reason: "escalated" });
    expect(escalated.dueAt).toBe(noon);
  });

  it("of an end waits no longer than that of the beginning did", () => {
    const loud = aChannel({
      quietHours: { ...night, unlessLevel: "WARNING" },
      digest: { ...digest, upToLevel: "INFO" },
    });
    expect(plannedDelivery(loud, aRecovery(), raised).dueAt).toBe(noon);
  });
});

describe("escalation", () => {
  const next = aChannel({ channelId: "chn_2", standby: true });
  const first = aChannel({ escalation: { channelId: "chn_2", afterMinutes: 15 } });
  const all = { channels: [first, next], now: noon };

  it("is due after its time, over the next channel", () => {
    expect(escalationFrom(first, anAlert(), all)).toMatchObject({
      channelId: "chn_2",
      reason: "escalated",
      state: "waiting",
      dueAt: plusMs(noon, 15 * 60_000),
    });
  });

  it("is not for alerts that somebody is on, that are over, or that the next channel does not tell of", () => {
    expect(escalationFrom(first, anAlert({ state: "acknowledged" }), all)).toBeUndefined();
    expect(escalationFrom(first, aRecovery(), all)).toBeUndefined();
    expect(escalationFrom(next, anAlert(), all)).toBeUndefined();
    expect(escalationFrom(first, anAlert(), { ...all, channels: [first] })).toBeUndefined();
    const critical = { ...all, channels: [{ ...next, minLevel: "CRITICAL" } as const] };
    expect(escalationFrom(first, anAlert(), critical)).toBeUndefined();
  });
});

describe("hold on a delivery that is due", () => {
  const hold = (given: Partial<Parameters<typeof holdOn>[0]> = {}) =>
    holdOn({ delivery: aDelivery(), channel: aChannel(), alert: anAlert(), ...given }, noon);
  const escalated = aDelivery({ reason: "escalated" });
  const reminder = aDelivery({ reason: "reminder" });
  const remark = { at: noon, by: "token_1" };
  const acknowledged = anAlert({ state: "acknowledged", acknowledged: remark });

  it("is none as a rule", () => {
    expect(hold()).toBeUndefined();
    expect(hold({ delivery: escalated })).toBeUndefined();
    expect(hold({ delivery: reminder })).toBeUndefined();
  });

  it("cancels it when its channel is gone", () => {
    const gone = { kind: "cancel", because: "channel_gone" };
    expect(hold({ channel: undefined })).toEqual(gone);
    expect(hold({ channel: aChannel({ active: false }) })).toEqual(gone);
  });

  it("cancels all when the alert is over, and only what presses when somebody is on it", () => {
    const resolved = anAlert({ state: "resolved", resolved: remark });
    for (const delivery of [aDelivery(), escalated, reminder])
      expect(hold({ alert: resolved, delivery })).toEqual({ kind: "cancel", because: "resolved" });
    expect(hold({ alert: acknowledged })).toBeUndefined();
    for (const delivery of [escalated, reminder])
      expect(hold({ alert: acknowledged, delivery })).toEqual({ kind: "cancel", because: "acknowledged" });
  });

  it("lets a reminder out that somebody asked for who is on it", () => {
    const snoozed = { ...remark, at: plusMs(noon, 1) };
    expect(hold({ alert: { ...acknowledged, snoozed }, delivery: reminder })).toBeUndefined();
    expect(hold({ alert: { ...acknowledged, snoozed }, delivery: escalated })).toBeDefined();
    const before = { ...remark, at: plusMs(noon, -1) };
    expect(hold({ alert: { ...acknowledged, snoozed: before }, delivery: reminder })).toBeDefined();
  });

  it("waits for the end of a snooze and of quiet hours, also of those that came after it was planned", () => {
    const until = plusMs(noon, 60_000);
    expect(hold({ alert: anAlert({ snoozedUntil: until }) })).toEqual({
      kind: "wait",
      until,
      because: "snoozed",
    });
    expect(hold({ alert: anAlert({ snoozedUntil: noon }) })).toBeUndefined();
    expect(hold({ channel: aChannel({ quietHours: night }) })).toEqual({
      kind: "wait",
      until: one,
      because: "quiet_hours",
    });
  });

  it("does not collect again what was collected", () => {
    expect(
      hold({ channel: aChannel({ digest }), delivery: aDelivery({ because: "digest" }) }),
    ).toBeUndefined();
  });

  it("lets an end out where the beginning was told, and looks again while it is being told", () => {
    const told = (state: "sent" | "sending" | "waiting" | "failed", channelId = "chn_1") =>
      hold({ alert: aRecovery(), ofBeginning: [aDelivery({ state, channelId })] });
    expect(told("sent")).toBeUndefined();
    expect(told("sent", "chn_2")).toEqual({ kind: "cancel", because: "resolved" });
    expect(told("sending")).toEqual({ kind: "wait", until: plusMs(noon, 15_000) });
    expect(told("waiting")).toEqual({ kind: "cancel", because: "resolved" });
    expect(told("failed")).toEqual({ kind: "cancel", because: "resolved" });
  });
});

describe("cooldown", () => {
  const channel = aChannel({ cooldownMinutes: 10 });
  const last = { level: "WARNING", at: noon } as const;
  const at = (minutes: number) => plusMs(noon, minutes * 60_000);

  it("keeps quiet about the same and lower levels until it is over", () => {
    expect(isCoolingDown(channel, last, { level: "WARNING", now: at(9.99) })).toBe(true);
    expect(isCoolingDown(channel, last, { level: "INFO", now: at(0) })).toBe(true);
    expect(isCoolingDown(channel, last, { level: "CRITICAL", now: at(0) })).toBe(false);
    expect(isCoolingDown(channel, last, { level: "WARNING", now: at(10) })).toBe(false);
  });

  it("is for new alerts only", () => {
    expect(mayCoolDown(channel, anAlert(), "raised")).toBe(true);
    expect(mayCoolDown(channel, anAlert(), "escalated")).toBe(false);
    expect(mayCoolDown(channel, aRecovery(), "raised")).toBe(false);
    expect(mayCoolDown(aChannel(), anAlert(), "raised")).toBe(false);
  });
});

describe("window of a rate limit", () => {
  it("is one of those that follow each other since 1970", () => {
    const limit = { messages: 1, perMinutes: 15 };
    expect(rateWindowAt(limit, parseInstant("2026-11-21T12:14:59.999Z"))).toEqual({
      start: noon,
      end: parseInstant("2026-11-21T12:15:00Z"),
    });
    expect(rateWindowAt(limit, noon).start).toBe(noon);
  });
});
