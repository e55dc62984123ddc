import { createHash } from "node:crypto";
import { PublishCommand, type PublishCommandInput, type SNSClient } from "@aws-sdk/client-sns";
import { levelOf, messageFacts } from "../facts/message-facts.ts";
import { layOutText } from "../facts/text-layout.ts";
import type { AlertSender, Message } from "../message.ts";
import { awsAttempt } from "./aws-problem.ts";
import { type EventOf, eventBody } from "./event-body.ts";
import { wrongTarget } from "./failures.ts";

/** A topic of Amazon SNS: people who subscribe by mail or text message get text, programs get the event as JSON. */
export function snsSender({ client, eventOf }: { client: SNSClient; eventOf: EventOf }): AlertSender {
  return {
    async send({ target, name }, message) {
      if (target.kind !== "sns") return wrongTarget(target);
      const command = new PublishCommand({
        TopicArn: target.topicArn,
        ...publication(message, name, eventOf),
        ...(target.topicArn.endsWith(".fifo") && inOrder(message)),
      });
      return awsAttempt("SNS", async (abortSignal) => {
        await client.send(command, { abortSignal });
        return { outcome: "sent" };
      });
    },
  };
}

/** What a publication may hold (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html). */
const SUBJECT_LENGTH_MAX = 99;
const SMS_LENGTH_MAX = 300;

function publication(message: Message, channelName: string, eventOf: EventOf): PublishCommandInput {
  const facts = messageFacts(message, channelName);
  const attribute = (StringValue: string) => ({ DataType: "String", StringValue });
  return {
    Subject: asciiOf(facts.subject).slice(0, SUBJECT_LENGTH_MAX),
    MessageStructure: "json",
    Message: JSON.stringify({
      default: JSON.stringify(eventBody(message, eventOf)),
      email: layOutText(facts),
      sms: facts.subject.slice(0, SMS_LENGTH_MAX),
    }),
    // For the filters of subscriptions.
    MessageAttributes: {
      level: attribute(levelOf(message)),
      kind: attribute(message.alerts.length === 1 ? (message.alerts[0]?.kind ?? "") : "digest"),
    },
  };
}

/** Subjects are ASCII without control characters. */
const asciiOf = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^\x20-\x7e]/g, "?");

function inOrder({ deliveryId }: Message) {
  const id = createHash("sha256").update(deliveryId).digest("hex");
  return { MessageGroupId: "ai-usage", MessageDeduplicationId: id };
}
