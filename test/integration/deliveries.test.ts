import { CLAIM_MS, claimed, type Delivery, plusMs, type ThresholdAlert, TRIES_MAX } from "@ai-usage/core";
import {
  acknowledgeAlert,
  advanceDelivery,
  deliveriesOfAlert,
  findChannel,
  listDeliveries,
  raiseAlert,
  replaceChannel,
  resolveAlert,
  reviseDeliveries,
  snoozeAlert,
} from "@ai-usage/store";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { NotifyParts } from "../../lambdas/notify/parts.ts";
import { planDeliveries } from "../../lambdas/notify/plan-deliveries.ts";
import { sweep } from "../../lambdas/notify/sweep.ts";
import { tell } from "../../lambdas/notify/tell.ts";
import { anAlert, aRecovery } from "../../packages/core/src/delivery-fixtures.ts";
import { at } from "../support/budgets.ts";
import { randomFrom } from "../support/deliveries.ts";
import { newTable, type TestTable } from "../support/engine.ts";
import { itemsOf } from "../support/items.ts";
import { notifyParts, storeWebhook, type TestClock } from "../support/notify.ts";
import { openReceiver, type Receiver, toldIn } from "../support/receiver.ts";

vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = "CRITICAL";
});

const MINUTE_MS = 60_000;
const noon = at("2026-11-21T12:00:00Z");
const by = { at: noon, by: "token_1" };

let table: TestTable;
let receiver: Receiver;
let clock: TestClock;
let parts: NotifyParts;

beforeAll(async () => {
  receiver = await openReceiver();
});
beforeEach(async () => {
  table = await newTable();
  receiver.received.length = 0;
  receiver.answers.length = 0;
  clock = { now: noon };
  parts = notifyParts(table, { clock, receiver });
});
afterEach(() => table.drop());
afterAll(() => receiver.close());

let alerts = 0;
async function raise(given: Partial<ThresholdAlert> = {}): Promise<ThresholdAlert> {
  alerts += 1;
  const alert = anAlert({ alertId: `bud_${alerts}.2026-11.80.r1`, raisedAt: clock.now, ...given });
  await raiseAlert(table, alert);
  return alert;
}

async function raiseAndTell(given: Partial<ThresholdAlert> = {}): Promise<ThresholdAlert> {
  const alert = await raise(given);
  await tell(parts, alert.alertId);
  return alert;
}

const sweepAt = async (now: typeof noon) => {
  clock.now = now;
  await sweep(parts);
};
const sweepAfter = (ms: number) => sweepAt(plusMs(clock.now, ms));

const statesOf = async ({ alertId }: { alertId: string }) =>
  (await deliveriesOfAlert(table, alertId)).map(({ channelId, reason, state, because }) =>
    [channelId, reason, state, because].filter(Boolean).join(" "),
  );
const told = () => receiver.received.map((message) => [message.path, message.body.delivery.reason].join(" "));

async function onlyDelivery({ alertId }: { alertId: string }): Promise<Delivery> {
  const [delivery, ...others] = await deliveriesOfAlert(table, alertId);
  if (delivery === undefined || others.length > 0) throw new Error("there is not one delivery");
  return delivery;
}

describe("delivery of an alert", () => {
  it("is one message per channel, however many say so at once, in any order", async () => {
    for (const channelId of ["chn_1", "chn_2", "chn_3"]) await storeWebhook(table, receiver, { channelId });
    const crossings = Array.from({ length: 5 }, (_, index) =>
      anAlert({ alertId: `bud_race.2026-11.${index}.r1` }),
    );
    const raised = await Promise.all(
      Array.from({ length: 100 }, () => crossings.map((alert) => raiseAlert(table, alert))).flat(),
    );
    expect(raised.filter((isNew) => isNew)).toHaveLength(5);
    const random = randomFrom(4);
    const events = Array.from({ length: 20 }, () => crossings)
      .flat()
      .map((alert) => ({ alert, order: random() }))
      .toSorted((a, b) => a.order - b.order);
    const functions = Array.from({ length: 10 }, () => notifyParts(table, { clock, receiver }));
    await Promise.all(events.map(({ alert }, index) => tell(functions[index % 10] ?? parts, alert.alertId)));
    await sweep(parts);
    const messages = receiver.received.map(({ path, body }) => `${path} ${body.alert?.alert_id}`).sort();
    expect(messages).toEqual(
      ["/chn_1", "/chn_2", "/chn_3"].flatMap((path) => crossings.map(({ alertId }) => `${path} ${alertId}`)),
    );
    for (const { alertId } of crossings)
      expect(await deliveriesOfAlert(table, alertId)).toMatchObject(
        Array(3).fill({ state: "sent", attempts: [{ outcome: "sent", status: 200 }] }),
      );
    expect((await listDeliveries(table, "waiting", { limit: 10 })).items).toEqual([]);
  });

  it("that fails three times and then succeeds is one, with four attempts on record", async () => {
    await storeWebhook(table, receiver);
    receiver.answers.push(503, 500, 429);
    const alert = await raiseAndTell();
    expect(await onlyDelivery(alert)).toMatchObject({
      state: "sent",
      attempts: [
        { outcome: "failed", status: 503, error: "answered with status 503", at: noon },
        { outcome: "failed", status: 500, at: plusMs(noon, 2_000) },
        { outcome: "failed", status: 429, at: plusMs(noon, 6_000) },
        { outcome: "sent", status: 200, at: plusMs(noon, 14_000) },
      ],
    });
    expect(receiver.received.map(({ body }) => body.delivery.attempt)).toEqual([1, 2, 3, 4]);
    const ids = receiver.received.map(({ headers }) => headers["x-aiusage-delivery"]);
    expect(new Set(ids).size).toBe(1);
    await tell(parts, alert.alertId);
    expect(receiver.received).toHaveLength(4);
  });

  it("goes on in a later sweep where there is no time left for another attempt", async () => {
    await storeWebhook(table, receiver);
    receiver.answers.push(503);
    const hurried = { ...parts, remainingMs: () => 13_000 };
    const alert = await raise();
    await tell(hurried, alert.alertId);
    expect(await onlyDelivery(alert)).toMatchObject({ state: "waiting", dueAt: plusMs(noon, 2_000) });
    await sweepAfter(1_000);
    expect(receiver.received).toHaveLength(1);
    await sweepAfter(1_000);
    expect(await onlyDelivery(alert)).toMatchObject({ state: "sent", tries: 2 });
  });

  it("is given up at once where the same would fail again, and after eight attempts otherwise", async () => {
    await storeWebhook(table, receiver);
    receiver.answers.push(410);
    const permanent = await raiseAndTell();
    expect(await onlyDelivery(permanent)).toMatchObject({ state: "failed", tries: 1 });
    receiver.answers.push(...Array(TRIES_MAX).fill(500));
    const stubborn = await raiseAndTell();
    for (let sweeps = 0; sweeps < 10; sweeps++) await sweepAfter(5 * MINUTE_MS);
    expect(await onlyDelivery(stubborn)).toMatchObject({ state: "failed", tries: TRIES_MAX });
    const { items } = await listDeliveries(table, "failed", { limit: 10 });
    expect(items.map(({ alertId }) => alertId)).toEqual([stubborn.alertId, permanent.alertId]);
  });

  it("does not start for thresholds passed on the way, and for what is over", async () => {
    await storeWebhook(table, receiver);
    const passed = await raiseAndTell({ notify: false });
    const over = await raise();
    await resolveAlert(table, { alertId: over.alertId, remark: by });
    await tell(parts, over.alertId);
    expect(receiver.received).toEqual([]);
    expect(await statesOf(passed)).toEqual([]);
    expect(await statesOf(over)).toEqual([]);
    await expect(tell(parts, "bud_none.2026-11.80.r1")).rejects.toThrow("there is no such alert");
  });

  it("is taken over when its sender is dead, and by one only", async () => {
    await storeWebhook(table, receiver);
    const alert = await raise();
    const [planned] = await planDeliveries(parts, alert.alertId);
    if (planned === undefined) throw new Error("nothing was planned");
    expect(await advanceDelivery(table, claimed(planned, noon))).toBe(true);
    expect(await advanceDelivery(table, claimed(planned, noon))).toBe(false);
    await tell(parts, alert.alertId);
    await sweepAfter(CLAIM_MS);
    expect(receiver.received).toEqual([]);
    clock.now = plusMs(clock.now, 1);
    await Promise.all(Array.from({ length: 5 }, () => sweep(notifyParts(table, { clock, receiver }))));
    expect(receiver.received).toHaveLength(1);
    expect(await onlyDelivery(alert)).toMatchObject({ state: "sent", tries: 1 });
  });

  it("is cancelled when its channel is gone", async () => {
    const channel = await storeWebhook(table, receiver, {
      digest: { every: "hourly", at: "09:00", timeZone: "UTC", upToLevel: "WARNING" },
    });
    const alert = await raiseAndTell();
    await replaceChannel(table, channel, { ...channel, active: false, updatedAt: plusMs(noon, 1) });
    await sweepAfter(60 * MINUTE_MS);
    expect(receiver.received).toEqual([]);
    expect(await statesOf(alert)).toEqual(["chn_1 raised cancelled channel_gone"]);
    expect((await findChannel(table, "chn_1"))?.active).toBe(false);
  });

  it("leaves no secret and no address behind, whatever a sender says", async () => {
    await storeWebhook(table, receiver, { channelId: "chn_1" });
    await storeWebhook(table, receiver, { channelId: "chn_2", target: { kind: "slack" } });
    await storeWebhook(table, receiver, { channelId: "chn_3", target: { kind: "pagerduty" } });
    const secret = "https://hooks.slack.example/T0/B0/secret";
    const careless = {
      ...parts,
      secrets: {
        of: async ({ channelId }: { channelId: string }) => {
          if (channelId === "chn_3") throw new Error(`cannot read ${secret}`);
          return secret;
        },
      },
      senders: {
        ...parts.senders,
        webhook: {
          send: async () => ({ outcome: "failed" as const, error: `${secret} is down`, permanent: true }),
        },
        slack: { send: () => Promise.reject(new Error(`${secret} is down`)) },
      },
    };
    const alert = await raise();
    await tell(careless, alert.alertId);
    const attempts = (await deliveriesOfAlert(table, alert.alertId)).map((one) => one.attempts[0]);
    expect(attempts).toMatchObject([
      { error: "(address) is down" },
      { error: "the sender is broken: the log says more" },
      { error: "the secret of the channel cannot be read" },
    ]);
    expect(JSON.stringify(await itemsOf(table, "ALERT#"))).not.toContain("slack.example");
  });
});

describe("cooldown", () => {
  it("lets one of many about a scope through, and what is more serious", async () => {
    await storeWebhook(table, receiver, { cooldownMinutes: 10 });
    const many = await Promise.all(Array.from({ length: 10 }, () => raise()));
    await Promise.all(many.map(({ alertId }) => tell(parts, alertId)));
    expect(receiver.received).toHaveLength(1);
    const states = (await Promise.all(many.map(statesOf))).flat().sort();
    expect(states).toEqual(
      ["chn_1 raised sent", ...Array(9).fill("chn_1 raised suppressed cooldown")].sort(),
    );
    await Promise.all(many.map(({ alertId }) => tell(parts, alertId)));
    expect((await Promise.all(many.map(statesOf))).flat().sort()).toEqual(states);

    expect(await statesOf(await raiseAndTell({ level: "CRITICAL" }))).toEqual(["chn_1 raised sent"]);
    expect(await statesOf(await raiseAndTell({ level: "WARNING" }))).toEqual([
      "chn_1 raised suppressed cooldown",
    ]);
    clock.now = plusMs(clock.now, 10 * MINUTE_MS);
    expect(await statesOf(await raiseAndTell({ level: "INFO" }))).toEqual(["chn_1 raised sent"]);
  });

  it("tells of the end where the beginning was told, and not where it was not", async () => {
    await storeWebhook(table, receiver, { cooldownMinutes: 10 });
    const first = await raiseAndTell();
    const second = await raiseAndTell();
    for (const alert of [first, second]) {
      await resolveAlert(table, { alertId: alert.alertId, remark: by });
      await raiseAlert(table, aRecovery(alert));
      await tell(parts, aRecovery(alert).alertId);
    }
    expect(receiver.received.flatMap(toldIn)).toEqual([first.alertId, aRecovery(first).alertId]);
    expect(await statesOf(aRecovery(second))).toEqual([]);
  });
});

describe("rate limit", () => {
  it("lets so many out in each time, and what is over in one message at the next", async () => {
    await storeWebhook(table, receiver, { rateLimit: { messages: 3, perMinutes: 10 } });
    const many = await Promise.all(Array.from({ length: 10 }, () => raise()));
    await Promise.all(many.map(({ alertId }) => tell(parts, alertId)));
    expect(receiver.received).toHaveLength(3);
    await sweepAfter(9 * MINUTE_MS);
    expect(receiver.received).toHaveLength(3);
    await sweepAfter(MINUTE_MS);
    expect(receiver.received).toHaveLength(4);
    expect(receiver.received.flatMap(toldIn).sort()).toEqual(many.map(({ alertId }) => alertId).sort());
    const states = (await Promise.all(many.map(statesOf))).flat();
    expect(states.filter((state) => state === "chn_1 raised sent rate_limit")).toHaveLength(7);
  });
});

describe("quiet hours", () => {
  it("hold messages back over the night that the clocks change in, and send them as one", async () => {
    const quietHours = {
      timeZone: "Europe/Berlin",
      from: "22:00",
      to: "07:00",
      unlessLevel: "CRITICAL",
    } as const;
    await storeWebhook(table, receiver, { quietHours });
    clock.now = at("2026-03-28T23:30:00+01:00");
    const [first, second] = [await raiseAndTell(), await raiseAndTell({ level: "INFO" })];
    const loud = await raiseAndTell({ level: "CRITICAL" });
    expect(receiver.received.map(toldIn)).toEqual([[loud.alertId]]);
    await sweepAt(at("2026-03-29T06:59:59+02:00"));
    expect(receiver.received).toHaveLength(1);
    await sweepAt(at("2026-03-29T07:00:00+02:00"));
    expect(receiver.received.slice(1).map(toldIn)).toEqual([[first.alertId, second.alertId].sort()]);
    expect(await statesOf(first)).toEqual(["chn_1 raised sent quiet_hours"]);
  });
});

describe("digest", () => {
  const digest = { every: "daily", at: "18:00", timeZone: "UTC", upToLevel: "WARNING" } as const;
  const six = at("2026-11-21T18:00:00Z");

  it("is one message about all that came up, the most serious first, however many sweep", async () => {
    await storeWebhook(table, receiver, { digest });
    const many = await Promise.all(
      Array.from({ length: 12 }, (_, index) => raise({ level: index === 7 ? "WARNING" : "INFO" })),
    );
    await Promise.all(many.map(({ alertId }) => tell(parts, alertId)));
    const critical = await raiseAndTell({ level: "CRITICAL" });
    const over = await raiseAndTell();
    await resolveAlert(table, { alertId: over.alertId, remark: by });
    expect(receiver.received.map(toldIn)).toEqual([[critical.alertId]]);
    clock.now = six;
    await Promise.all(Array.from({ length: 4 }, () => sweep(notifyParts(table, { clock, receiver }))));
    await sweepAfter(MINUTE_MS);
    const [, message, ...others] = receiver.received;
    expect(others).toEqual([]);
    expect(message && toldIn(message)).toEqual(many.map(({ alertId }) => alertId).sort());
    expect(message?.body.alerts?.[0]?.alert_id).toBe(many[7]?.alertId);
    expect(await statesOf(over)).toEqual(["chn_1 raised cancelled resolved"]);
  });

  it("that fails is tried again as a whole", async () => {
    await storeWebhook(table, receiver, { digest });
    const many = await Promise.all(Array.from({ length: 3 }, () => raise()));
    await Promise.all(many.map(({ alertId }) => tell(parts, alertId)));
    receiver.answers.push(502);
    await sweepAt(six);
    expect(receiver.received.map(toldIn)).toEqual(Array(2).fill(many.map(({ alertId }) => alertId).sort()));
    const ids = receiver.received.map(({ body }) => body.delivery.id);
    expect(new Set(ids).size).toBe(1);
    for (const alert of many)
      expect(await onlyDelivery(alert)).toMatchObject({ state: "sent", attempts: [{}, {}] });
  });
});

describe("escalation", () => {
  beforeEach(async () => {
    await storeWebhook(table, receiver, {
      channelId: "chn_1",
      escalation: { channelId: "chn_2", afterMinutes: 15 },
    });
    await storeWebhook(table, receiver, {
      channelId: "chn_2",
      standby: true,
      escalation: { channelId: "chn_1", afterMinutes: 30 },
    });
  });

  it("tells the next one of what nobody acknowledges, and the one after that, and ends", async () => {
    const alert = await raiseAndTell();
    await sweepAfter(14 * MINUTE_MS);
    expect(told()).toEqual(["/chn_1 raised"]);
    await sweepAfter(MINUTE_MS);
    expect(told()).toEqual(["/chn_1 raised", "/chn_2 escalated"]);
    await sweepAfter(30 * MINUTE_MS);
    await sweepAfter(60 * MINUTE_MS);
    expect(told()).toEqual(["/chn_1 raised", "/chn_2 escalated", "/chn_1 escalated"]);
    expect(await statesOf(alert)).toEqual([
      "chn_1 escalated sent",
      "chn_1 raised sent",
      "chn_2 escalated sent",
    ]);
  });

  it("does not tell anybody of what somebody is on", async () => {
    const alert = await raiseAndTell();
    await acknowledgeAlert(table, { alertId: alert.alertId, remark: by });
    await sweepAfter(60 * MINUTE_MS);
    expect(told()).toEqual(["/chn_1 raised"]);
    expect(await statesOf(alert)).toEqual(["chn_1 raised sent", "chn_2 escalated cancelled acknowledged"]);
  });

  it("is cancelled as soon as somebody acknowledges", async () => {
    const alert = await raiseAndTell();
    const acted = await acknowledgeAlert(table, { alertId: alert.alertId, remark: by });
    if (acted.outcome !== "changed") throw new Error("it was not acknowledged");
    await reviseDeliveries(table, acted.alert, clock.now);
    expect(await statesOf(alert)).toEqual(["chn_1 raised sent", "chn_2 escalated cancelled acknowledged"]);
    expect((await listDeliveries(table, "waiting", { limit: 10 })).items).toEqual([]);
  });

  it("takes place also when the first one cannot be reached", async () => {
    receiver.answers.push(410);
    await raiseAndTell();
    await sweepAfter(15 * MINUTE_MS);
    expect(told()).toEqual(["/chn_1 raised", "/chn_2 escalated"]);
  });
});

describe("snooze", () => {
  const snooze = async ({ alertId }: { alertId: string }, minutes: number) => {
    const until = plusMs(clock.now, minutes * MINUTE_MS);
    const acted = await snoozeAlert(table, { alertId, until, remark: { ...by, at: clock.now } });
    if (acted.outcome !== "changed") throw new Error("it was not snoozed");
    for (let times = 0; times < 2; times++) await reviseDeliveries(table, acted.alert, clock.now);
  };

  it("puts off what waits, and reminds those who were told, each time it is over", async () => {
    await storeWebhook(table, receiver, {
      channelId: "chn_1",
      escalation: { channelId: "chn_2", afterMinutes: 5 },
    });
    await storeWebhook(table, receiver, { channelId: "chn_2", standby: true });
    const alert = await raiseAndTell();
    await snooze(alert, 60);
    await sweepAfter(59 * MINUTE_MS);
    expect(told()).toEqual(["/chn_1 raised"]);
    await sweepAfter(MINUTE_MS);
    expect(told().slice(1).sort()).toEqual(["/chn_1 reminder", "/chn_2 escalated"]);
    const ids = () => receiver.received.map(({ body }) => body.delivery.id);
    await snooze(alert, 30);
    await sweepAfter(30 * MINUTE_MS);
    expect(told().slice(3).sort()).toEqual(["/chn_1 reminder", "/chn_2 reminder"]);
    expect(new Set(ids()).size).toBe(5);
    await sweepAfter(300 * MINUTE_MS);
    expect(told()).toHaveLength(5);
  });

  it("is followed by nothing where the alert is over meanwhile", async () => {
    await storeWebhook(table, receiver);
    const alert = await raiseAndTell();
    await snooze(alert, 60);
    await resolveAlert(table, { alertId: alert.alertId, remark: by });
    await sweepAfter(60 * MINUTE_MS);
    expect(told()).toEqual(["/chn_1 raised"]);
    expect(await statesOf(alert)).toEqual(
      ["chn_1 raised sent", "chn_1 reminder cancelled resolved"].toSorted(),
    );
  });

  it("that was shortened is over at its new end", async () => {
    await storeWebhook(table, receiver);
    const alert = await raiseAndTell();
    await snooze(alert, 60);
    await snooze(alert, 10);
    await sweepAfter(10 * MINUTE_MS);
    expect(told()).toEqual(["/chn_1 raised", "/chn_1 reminder"]);
  });

  it("of an alert that nobody was told of yet lets it out at its end", async () => {
    await storeWebhook(table, receiver);
    const alert = await raise();
    await snooze(alert, 10);
    await tell(parts, alert.alertId);
    expect(receiver.received).toEqual([]);
    await sweepAfter(10 * MINUTE_MS);
    expect(told()).toEqual(["/chn_1 raised"]);
  });
});

describe("end of an alert", () => {
  const end = async (alert: ThresholdAlert) => {
    await resolveAlert(table, { alertId: alert.alertId, remark: by });
    await raiseAlert(table, aRecovery(alert));
    return aRecovery(alert);
  };

  it("is told over the channels that told of the beginning", async () => {
    await storeWebhook(table, receiver, { channelId: "chn_1" });
    const alert = await raiseAndTell();
    await storeWebhook(table, receiver, { channelId: "chn_2" });
    parts.channels.forget();
    const over = await end(alert);
    await tell(parts, over.alertId);
    expect(receiver.received.map((message) => [message.path, ...toldIn(message)])).toEqual([
      ["/chn_1", alert.alertId],
      ["/chn_1", over.alertId],
    ]);
  });

  it("is told by nobody when its news come before those of the beginning, and so is the beginning", async () => {
    await storeWebhook(table, receiver);
    const alert = await raise();
    const over = await end(alert);
    await tell(parts, over.alertId);
    await tell(parts, alert.alertId);
    await sweepAfter(60 * MINUTE_MS);
    expect(receiver.received).toEqual([]);
  });

  it("waits for a beginning that is on its way", async () => {
    await storeWebhook(table, receiver);
    const alert = await raise();
    const [planned] = await planDeliveries(parts, alert.alertId);
    if (planned === undefined) throw new Error("nothing was planned");
    const claim = claimed(planned, noon);
    await advanceDelivery(table, claim);
    const over = await end(alert);
    await tell({ ...parts, remainingMs: () => 20_000 }, over.alertId);
    expect(await statesOf(over)).toEqual(["chn_1 raised waiting"]);
    await advanceDelivery(table, { ...claim, state: "sent", revision: claim.revision + 1 });
    await sweepAfter(15_000);
    expect(receiver.received.flatMap(toldIn)).toEqual([over.alertId]);
  });
});
