import {
  type Alert,
  attempted,
  type Channel,
  cancelled,
  claimed,
  type Delivery,
  epochMsOf,
  escalationFrom,
  holdOn,
  type Instant,
  isDue,
  messageIdOf,
  putOff,
  retryAt,
} from "@ai-usage/core";
import {
  advanceDeliveries,
  advanceDelivery,
  deliveriesOfAlert,
  findAlert,
  InvalidItemError,
  planDelivery,
  type Table,
  takeMessageSlot,
} from "@ai-usage/store";
import { logger } from "../environment.ts";
import { GIVEN_UP } from "./given-up.ts";
import type { NotifyParts } from "./parts.ts";
import { sendMessage } from "./send-message.ts";

/** Waits up to this long are waited here; longer ones are left to the sweep. */
const SHORT_WAIT_MS = 20_000;

/** What an attempt may take. */
const ATTEMPT_MS = 12_000;

/**
 * Sends one message that tells of `deliveries`, all over one channel and for one reason, and tries again as long as that is
 * a matter of seconds. Who works on them elsewhere is left alone.
 */
export async function deliver(parts: NotifyParts, deliveries: readonly Delivery[]): Promise<void> {
  let due = deliveries;
  while (due.length > 0) {
    const waiting = (await attemptOnce(parts, due)).filter(({ state }) => state === "waiting");
    const next = waiting.map(({ dueAt }) => dueAt).toSorted()[0];
    if (next === undefined) return;
    const waitMs = Math.max(0, epochMsOf(next) - epochMsOf(parts.clock()));
    if (waitMs > SHORT_WAIT_MS || waitMs + ATTEMPT_MS > parts.remainingMs()) return;
    await parts.sleep(waitMs);
    const now = parts.clock();
    due = waiting.filter((one) => isDue(one, now));
  }
}

/** @returns the deliveries as they are afterwards; none where somebody else is at them */
async function attemptOnce(parts: NotifyParts, deliveries: readonly Delivery[]): Promise<Delivery[]> {
  const { table, clock } = parts;
  const claims = deliveries.map((delivery) => claimed(delivery, clock()));
  const [first] = claims;
  if (first === undefined || !(await advanceDeliveries(table, claims))) return [];
  const channel = await parts.channels.find(first.channelId, clock());
  const { going, held } = await sortOut(parts, channel, claims);
  if (channel !== undefined && going.length > 0) held.push(...(await send(parts, channel, going)));
  await settle(parts, held);
  return held;
}

interface Going {
  readonly delivery: Delivery;
  readonly alert: Alert;
}

/** Looks at each alert after its delivery was claimed: what people did to it before then is seen here. */
async function sortOut(parts: NotifyParts, channel: Channel | undefined, claims: readonly Delivery[]) {
  const { table, clock } = parts;
  const going: Going[] = [];
  const held: Delivery[] = [];
  await Promise.all(
    claims.map(async (delivery) => {
      const alert = await readableAlert(table, delivery.alertId);
      if (alert === undefined) {
        held.push(unreadable(delivery, clock()));
        return;
      }
      const ofBeginning =
        alert.kind === "budget_recovered" ? await deliveriesOfAlert(table, alert.recoveredAlertId) : [];
      const now = clock();
      const hold = holdOn({ delivery, channel, alert, ofBeginning }, now);
      if (hold === undefined) going.push({ delivery, alert });
      else if (hold.kind === "cancel") held.push(cancelled(delivery, hold.because, now));
      else held.push(putOff(delivery, hold, now));
    }),
  );
  return { going, held };
}

/** An alert that is broken must not hold up those that go out with it. */
async function readableAlert(table: Table, alertId: string): Promise<Alert | undefined> {
  try {
    return await findAlert(table, alertId);
  } catch (error) {
    if (error instanceof InvalidItemError) return undefined;
    throw error;
  }
}

const unreadable = (delivery: Delivery, now: Instant): Delivery =>
  attempted(delivery, { at: now, ms: 0, outcome: "failed", error: "the alert cannot be read" }, { now });

/** @returns the next step of each */
async function send(parts: NotifyParts, channel: Channel, going: readonly Going[]): Promise<Delivery[]> {
  const { table, clock } = parts;
  const deliveries = going.map(({ delivery }) => delivery);
  const until = await takeMessageSlot(table, channel, clock());
  if (until !== undefined) {
    return deliveries.map((one) => putOff(one, { until, because: "rate_limit" }, clock()));
  }
  await planEscalations(parts, channel, going);
  const { result, attempt } = await sendMessage(parts, channel, {
    alerts: going.map(({ alert }) => alert),
    reason: deliveries[0]?.reason ?? "raised",
    deliveryId: messageIdOf(deliveries),
    attempt: Math.max(...deliveries.map(({ attempts }) => attempts.length)) + 1,
  });
  const now = clock();
  const timing = { now, baseMs: parts.retryBaseMs, random: parts.random() };
  const again = (delivery: Delivery): Instant | undefined =>
    result.outcome === "failed" ? retryAt(delivery, result, timing) : undefined;
  return deliveries.map((one) => attempted(one, attempt, { now, retryAt: again(one) }));
}

/** Before the attempt: who dies in it, or cannot reach anybody, has not kept the next one from being told. */
async function planEscalations(parts: NotifyParts, channel: Channel, going: readonly Going[]): Promise<void> {
  if (channel.escalation === undefined) return;
  const now = parts.clock();
  const channels = await parts.channels.current(now);
  const escalations = going.flatMap(({ alert }) => escalationFrom(channel, alert, { channels, now }) ?? []);
  await Promise.all(escalations.map((escalation) => planDelivery(parts.table, escalation)));
}

async function settle({ table }: NotifyParts, next: readonly Delivery[]): Promise<void> {
  if (!(await advanceDeliveries(table, next))) {
    await Promise.all(
      next.map(async (one) => {
        if (!(await advanceDelivery(table, one)))
          logger.warn("somebody else took over a delivery", nameOf(one));
      }),
    );
  }
  for (const one of next) {
    if (one.state === "failed") logger.error(GIVEN_UP, { ...nameOf(one), error: one.attempts.at(-1)?.error });
  }
}

const nameOf = ({ alertId, channelId, reason }: Delivery) => ({ alertId, channelId, reason });
