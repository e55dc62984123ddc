import type { Alert } from "@ai-usage/core";
import type { MailContent } from "./mail-layout.ts";
import { thresholdMail } from "./threshold-mail.ts";
import { unpricedMail } from "./unpriced-mail.ts";

/** The mail that tells people of an alert. */
export function alertMail(alert: Alert): MailContent {
  switch (alert.kind) {
    case "budget_threshold":
      return thresholdMail(alert);
    case "unpriced_model":
      return unpricedMail(alert);
    default:
      return alert satisfies never;
  }
}
