import type { ChannelKind } from "@ai-usage/core";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { SESClient } from "@aws-sdk/client-ses";
import type { SNSClient } from "@aws-sdk/client-sns";
import type { AlertSender } from "./message.ts";
import type { OutgoingOptions } from "./outgoing/post-https.ts";
import { emailSender } from "./senders/email.ts";
import type { EventOf } from "./senders/event-body.ts";
import { functionSender } from "./senders/function.ts";
import { pagerDutySender } from "./senders/pagerduty.ts";
import { slackSender } from "./senders/slack.ts";
import { snsSender } from "./senders/sns.ts";
import { teamsSender } from "./senders/teams.ts";
import { webhookSender } from "./senders/webhook.ts";

export type { AlertSender, Message, SendResult } from "./message.ts";

export interface SenderOptions {
  readonly ses: SESClient;
  readonly sns: SNSClient;
  readonly lambda: LambdaClient;
  /** Address that mails come from. Absent: no mail can be sent. */
  readonly mailFrom?: string;
  /** What the event bus shows of an alert: webhooks, functions and topics get the same. */
  readonly eventOf: EventOf;
  readonly outgoing?: OutgoingOptions;
  /** @default where Slack has its incoming webhooks */
  readonly slackHosts?: readonly string[];
  /** @default where PagerDuty takes events */
  readonly pagerDutyUrl?: string;
}

/** The sender of each kind of channel. One of your own takes its place under the kind's name. */
export function createSenders(options: SenderOptions): Record<ChannelKind, AlertSender> {
  const { ses, sns, lambda, mailFrom, eventOf, outgoing = {}, slackHosts, pagerDutyUrl } = options;
  return {
    email: emailSender({ client: ses, from: mailFrom }),
    slack: slackSender({ outgoing, hosts: slackHosts }),
    teams: teamsSender({ outgoing }),
    webhook: webhookSender({ outgoing, eventOf }),
    pagerduty: pagerDutySender({ outgoing, url: pagerDutyUrl }),
    sns: snsSender({ client: sns, eventOf }),
    function: functionSender({ client: lambda, eventOf }),
  };
}
