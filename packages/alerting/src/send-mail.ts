import { type SESClient, SendEmailCommand } from "@aws-sdk/client-ses";
import type { MailContent } from "./mail-layout.ts";

const UTF_8 = "UTF-8";

/** Sends one mail to all of `to`. */
export async function sendMail(
  client: SESClient,
  mail: { from: string; to: readonly string[]; content: MailContent },
): Promise<void> {
  const { subject, html, text } = mail.content;
  await client.send(
    new SendEmailCommand({
      Source: mail.from,
      Destination: { ToAddresses: [...mail.to] },
      Message: {
        Subject: { Data: subject, Charset: UTF_8 },
        Body: { Html: { Data: html, Charset: UTF_8 }, Text: { Data: text, Charset: UTF_8 } },
      },
    }),
  );
}
