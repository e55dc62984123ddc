import { setTimeout as sleep } from "node:timers/promises";
import { createSenders } from "@ai-usage/alerting";
import { instantFromEpochMs } from "@ai-usage/core";
import { readDrivers } from "@ai-usage/store";
import { toAlertEvent } from "@ai-usage/wire";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SESClient } from "@aws-sdk/client-ses";
import { SNSClient } from "@aws-sdk/client-sns";
import { ChannelSource } from "../channel-source.ts";
import { readEnvironment, tableFromEnvironment, variables } from "../environment.ts";
import { mailFromEnvironment } from "../mail-channel.ts";
import { ChannelSecrets } from "./channel-secrets.ts";
import type { NotifyParts } from "./parts.ts";

/** Long enough for a burst of alerts to read them once, and no longer: who makes a channel wants to see it work. */
const CHANNEL_REFRESH_SECONDS = 1;

const clock = () => instantFromEpochMs(Date.now());

/** All that the environment tells, with the real clock and services. To be called once a process. */
export function partsFromEnvironment(): Omit<NotifyParts, "remainingMs"> {
  const environment = readEnvironment({
    NOTIFY_RETRY_BASE_MS: variables.milliseconds.default(2_000),
    CHANNEL_ALLOWED_TARGETS: variables.list.default([]),
    DASHBOARD_URL: variables.optionalText,
  });
  const table = tableFromEnvironment();
  const mail = mailFromEnvironment();
  return {
    table,
    channels: new ChannelSource(table, { builtIn: mail.channels, refreshSeconds: CHANNEL_REFRESH_SECONDS }),
    secrets: new ChannelSecrets(new SecretsManagerClient({}), () => Date.now()),
    senders: createSenders({
      ses: new SESClient({}),
      sns: new SNSClient({}),
      lambda: new LambdaClient({}),
      mailFrom: mail.from,
      eventOf: toAlertEvent,
      outgoing: { allow: environment.CHANNEL_ALLOWED_TARGETS },
    }),
    driversOf: (alert) => readDrivers(table, alert, clock()),
    dashboardUrl: environment.DASHBOARD_URL || undefined,
    retryBaseMs: environment.NOTIFY_RETRY_BASE_MS,
    clock,
    random: Math.random,
    sleep: async (ms) => void (await sleep(ms)),
  };
}
