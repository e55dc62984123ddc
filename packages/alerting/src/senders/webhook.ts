import type { AlertSender } from "../message.ts";
import { type OutgoingOptions, postHttps } from "../outgoing/post-https.ts";
import { type EventOf, eventBody } from "./event-body.ts";
import { noSecret, wrongTarget } from "./failures.ts";
import { DELIVERY_HEADER, SIGNATURE_HEADER, signatureOf } from "./webhook-signature.ts";

/** The event as signed JSON, to a server of one's own. */
export function webhookSender({
  eventOf,
  outgoing,
}: {
  eventOf: EventOf;
  outgoing: OutgoingOptions;
}): AlertSender {
  return {
    async send({ target }, message, secret) {
      if (target.kind !== "webhook") return wrongTarget(target);
      if (secret === undefined) return noSecret;
      const body = JSON.stringify(eventBody(message, eventOf));
      const headers = {
        [SIGNATURE_HEADER]: signatureOf(body, secret, message.sentAt),
        [DELIVERY_HEADER]: message.deliveryId,
      };
      return postHttps({ url: target.url, body, headers, sentAt: message.sentAt }, outgoing);
    },
  };
}
