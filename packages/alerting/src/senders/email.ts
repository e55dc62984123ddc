import { type SESClient, SendEmailCommand } from "@aws-sdk/client-ses";
import { messageFacts } from "../facts/message-facts.ts";
import { layOutText } from "../facts/text-layout.ts";
import { layOutMail } from "../mail/mail-layout.ts";
import type { AlertSender, Message } from "../message.ts";
import { awsAttempt } from "./aws-problem.ts";
import { wrongTarget } from "./failures.ts";

export interface Mail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** The mail in HTML and in text, which say the same. */
export function mailOf(message: Message, channelName: string): Mail {
  const facts = messageFacts(message, channelName);
  return { subject: facts.subject, html: layOutMail(facts), text: layOutText(facts) };
}

const UTF_8 = "UTF-8";

/** Mails by Amazon SES: one to all of the channel's addresses, so 50 at most. */
export function emailSender({ client, from }: { client: SESClient; from: string | undefined }): AlertSender {
  return {
    async send({ target, name }, message) {
      if (target.kind !== "email") return wrongTarget(target);
      if (from === undefined) {
        return {
          outcome: "failed",
          error: "no sender of mails is set (setting email.from)",
          permanent: true,
        };
      }
      const { subject, html, text } = mailOf(message, name);
      const command = new SendEmailCommand({
        Source: from,
        Destination: { ToAddresses: [...target.to] },
        Message: {
          Subject: { Data: subject, Charset: UTF_8 },
          Body: { Html: { Data: html, Charset: UTF_8 }, Text: { Data: text, Charset: UTF_8 } },
        },
      });
      return awsAttempt("SES", async (abortSignal) => {
        await client.send(command, { abortSignal });
        return { outcome: "sent" };
      });
    },
  };
}
