import { type Channel, type Instant, instantFromEpochMs } from "@ai-usage/core";
import * as z from "zod";
import { readEnvironment, variables } from "./environment.ts";

/** Id of the channel that the deployment's own mail settings make. It is no item, and changed by a deployment alone. */
const MAIL_CHANNEL_ID = "email";

const SINCE_EVER: Instant = instantFromEpochMs(0);

const rateLimit = z
  .string()
  .regex(/^(\d+\/\d+)?$/, "must be <messages>/<minutes>, or empty")
  .transform((text) => {
    const [messages = 0, perMinutes = 0] = text.split("/").map(Number);
    return text === "" ? undefined : { messages, perMinutes };
  });

export interface MailSettings {
  /** Address that mails come from; absent where no mail is sent. */
  readonly from?: string;
  /** The channel that the deployment's settings make. */
  readonly channels: readonly Channel[];
}

/** What the environment of a function says of mail. */
export function mailFromEnvironment(): MailSettings {
  const environment = readEnvironment({
    ENABLE_EMAIL_ALERTS: variables.trueFalse.default(false),
    EMAIL_FROM_ADDRESS: variables.optionalText,
    EMAIL_ALERT_RECIPIENTS: variables.list.default([]),
    EMAIL_COOLDOWN_MINUTES: z.coerce.number().int().nonnegative().default(0),
    EMAIL_RATE_LIMIT: rateLimit.optional(),
  });
  if (!environment.ENABLE_EMAIL_ALERTS) return { channels: [] };
  const channel: Channel = {
    channelId: MAIL_CHANNEL_ID,
    name: "E-mail",
    target: { kind: "email", to: environment.EMAIL_ALERT_RECIPIENTS },
    minLevel: "INFO",
    standby: false,
    cooldownMinutes: environment.EMAIL_COOLDOWN_MINUTES,
    rateLimit: environment.EMAIL_RATE_LIMIT,
    active: true,
    createdAt: SINCE_EVER,
    createdBy: "deployment",
    updatedAt: SINCE_EVER,
  };
  return { from: environment.EMAIL_FROM_ADDRESS, channels: [channel] };
}
