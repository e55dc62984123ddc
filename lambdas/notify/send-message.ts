import type { Message, SendResult } from "@ai-usage/alerting";
import {
  type Alert,
  type Channel,
  type DeliveryAttempt,
  type DeliveryReason,
  epochMsOf,
  thresholdLevels,
} from "@ai-usage/core";
import { asError, logger } from "../environment.ts";
import type { NotifyParts } from "./parts.ts";

const ERROR_LENGTH_MAX = 300;

export interface Letter {
  readonly alerts: readonly Alert[];
  readonly reason: DeliveryReason;
  readonly deliveryId: string;
  /** Counted from 1. */
  readonly attempt: number;
  readonly test?: boolean;
}

/** Makes one attempt, whatever happens: that something is broken is an attempt that failed, too. */
export async function sendMessage(
  parts: NotifyParts,
  channel: Channel,
  letter: Letter,
): Promise<{ result: SendResult; attempt: DeliveryAttempt }> {
  const at = parts.clock();
  const result = await attempt(parts, channel, letter);
  const { outcome, status } = result;
  const ms = epochMsOf(parts.clock()) - epochMsOf(at);
  const error = result.outcome === "failed" ? withoutAddresses(result.error) : undefined;
  return {
    result,
    attempt: {
      at,
      ms,
      outcome,
      ...(status !== undefined && { status }),
      ...(error !== undefined && { error }),
    },
  };
}

async function attempt(parts: NotifyParts, channel: Channel, letter: Letter): Promise<SendResult> {
  let secret: string | undefined;
  try {
    secret = await parts.secrets.of(channel);
  } catch (error) {
    logger.error("the secret of a channel cannot be read", {
      channelId: channel.channelId,
      ...nameOf(error),
    });
    return { outcome: "failed", error: "the secret of the channel cannot be read", permanent: false };
  }
  if (channel.secretName !== undefined && secret === undefined) {
    return { outcome: "failed", error: "the secret of the channel is gone: set it anew", permanent: false };
  }
  try {
    const message = await messageOf(parts, letter);
    return await parts.senders[channel.target.kind].send(channel, message, secret);
  } catch (error) {
    // What it says may hold where it was sent to.
    logger.error("a sender is broken", { channelId: channel.channelId, ...nameOf(error) });
    return { outcome: "failed", error: "the sender is broken: the log says more", permanent: false };
  }
}

/** What an error is and where it came up, without what it says. */
function nameOf(thrown: unknown) {
  const { name, message, stack = "" } = asError(thrown);
  const where = stack.slice(stack.indexOf(message) + message.length);
  return { error: name, where: where.split("\n").filter((line) => line.trimStart().startsWith("at ")) };
}

async function messageOf(parts: NotifyParts, letter: Letter): Promise<Message> {
  const alerts = letter.alerts.toSorted(byUrgency);
  const [first] = alerts;
  const drivers = first && !letter.test ? await driversOf(parts, first) : undefined;
  return {
    ...letter,
    alerts,
    ...(drivers !== undefined && { drivers }),
    ...(parts.dashboardUrl !== undefined && { dashboardUrl: parts.dashboardUrl }),
    sentAt: parts.clock(),
  };
}

/** A message without them is better than none. */
async function driversOf(parts: NotifyParts, alert: Alert) {
  try {
    return await parts.driversOf(alert);
  } catch (error) {
    logger.error("what drove an alert cannot be found out", {
      alertId: alert.alertId,
      error: asError(error),
    });
    return undefined;
  }
}

const byUrgency = (a: Alert, b: Alert): number =>
  thresholdLevels.indexOf(b.level) - thresholdLevels.indexOf(a.level) || (a.raisedAt < b.raisedAt ? -1 : 1);

/** Senders do not say where they send to; one of somebody's own might. */
const withoutAddresses = (error: string): string =>
  error.replace(/\b[a-z][a-z0-9+.-]*:\/\/\S+/gi, "(address)").slice(0, ERROR_LENGTH_MAX);
