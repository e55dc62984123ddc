import { messageFacts } from "../facts/message-facts.ts";
import type { AlertSender } from "../message.ts";
import { type OutgoingOptions, postHttps } from "../outgoing/post-https.ts";
import { noSecret, wrongTarget } from "./failures.ts";
import { teamsMessage } from "./teams-message.ts";

/** A workflow of Teams that posts what its webhook receives: the address is the channel's secret. */
export function teamsSender({ outgoing }: { outgoing: OutgoingOptions }): AlertSender {
  return {
    async send({ target, name }, message, secret) {
      if (target.kind !== "teams") return wrongTarget(target);
      if (secret === undefined) return noSecret;
      const body = JSON.stringify(teamsMessage(messageFacts(message, name)));
      return postHttps({ url: secret, body, sentAt: message.sentAt }, outgoing);
    },
  };
}
