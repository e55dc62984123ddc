export type { OutgoingOptions } from "./outgoing/post-https.ts";
export { type TargetRules, webhookProblem } from "./outgoing/target.ts";
export { type BusEvent, NotPublishedError, publishEvents } from "./publish-events.ts";
export {
  type AlertSender,
  createSenders,
  type Message,
  type SenderOptions,
  type SendResult,
} from "./sender.ts";
export { channelSecretProblem } from "./senders/secret-problem.ts";
