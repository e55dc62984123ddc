import { createSenders } from "@ai-usage/alerting";
import { type Channel, epochMsOf, type Instant, instantFromEpochMs } from "@ai-usage/core";
import { createChannel, type Table } from "@ai-usage/store";
import { toAlertEvent } from "@ai-usage/wire";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SESClient } from "@aws-sdk/client-ses";
import { SNSClient } from "@aws-sdk/client-sns";
import { ChannelSource } from "../../lambdas/channel-source.ts";
import type { NotifyParts } from "../../lambdas/notify/parts.ts";
import { aChannel } from "../../packages/core/src/delivery-fixtures.ts";
import type { Receiver } from "./receiver.ts";

export interface TestClock {
  now: Instant;
}

/** What messages are sent with in tests: the real senders and table, and a clock that stands until somebody waits. */
export function notifyParts(
  table: Table,
  {
    clock,
    receiver,
    ...given
  }: { clock: TestClock; receiver: Receiver } & Partial<Omit<NotifyParts, "clock">>,
): NotifyParts {
  const region = { region: "us-east-1" };
  return {
    table,
    channels: new ChannelSource(table, { builtIn: [], refreshSeconds: 10 }),
    secrets: { of: async () => "a-signing-secret-of-a-test" },
    senders: createSenders({
      ses: new SESClient(region),
      sns: new SNSClient(region),
      lambda: new LambdaClient(region),
      eventOf: toAlertEvent,
      outgoing: { allow: [receiver.origin] },
    }),
    driversOf: async () => undefined,
    retryBaseMs: 2_000,
    clock: () => clock.now,
    random: () => 1,
    sleep: async (ms) => {
      clock.now = instantFromEpochMs(epochMsOf(clock.now) + ms);
    },
    remainingMs: () => 30_000,
    ...given,
  };
}

/** A webhook at the receiver, at a path that is the channel's id. */
export async function storeWebhook(
  table: Table,
  receiver: Receiver,
  given: Partial<Channel> = {},
): Promise<Channel> {
  const channelId = given.channelId ?? "chn_1";
  const channel = aChannel({
    target: { kind: "webhook", url: `${receiver.origin}/${channelId}` },
    secretName: `test/channels/${channelId}`,
    ...given,
    channelId,
  });
  await createChannel(table, channel);
  return channel;
}
