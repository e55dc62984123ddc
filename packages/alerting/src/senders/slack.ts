import { messageFacts } from "../facts/message-facts.ts";
import type { AlertSender } from "../message.ts";
import { type OutgoingOptions, postHttps } from "../outgoing/post-https.ts";
import { noSecret, wrongTarget } from "./failures.ts";
import { slackUrlProblem } from "./secret-problem.ts";
import { slackMessage } from "./slack-message.ts";

/** An incoming webhook of Slack: its address is the channel's secret. */
export function slackSender({
  outgoing,
  hosts,
}: {
  outgoing: OutgoingOptions;
  hosts?: readonly string[];
}): AlertSender {
  return {
    async send({ target, name }, message, secret) {
      if (target.kind !== "slack") return wrongTarget(target);
      if (secret === undefined) return noSecret;
      const problem = slackUrlProblem(secret, outgoing, hosts);
      if (problem !== undefined) {
        return { outcome: "failed", error: `the address of the Slack webhook ${problem}`, permanent: true };
      }
      const body = JSON.stringify(slackMessage(messageFacts(message, name)));
      return postHttps({ url: secret, body, sentAt: message.sentAt }, outgoing);
    },
  };
}
