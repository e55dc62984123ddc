import type { ChannelKind } from "@ai-usage/core";
import { isAllowed, type TargetRules, webhookProblem } from "../outgoing/target.ts";

/** Where incoming webhooks of Slack are. */
const SLACK_HOSTS = ["hooks.slack.com", "hooks.slack-gov.com"];

const SIGNING_SECRET_LENGTH = { min: 16, max: 256 };

/** What is wrong with the secret of a channel of this kind, without showing it; nothing if it may do. */
export function channelSecretProblem(
  kind: ChannelKind,
  secret: string,
  rules: TargetRules & { readonly slackHosts?: readonly string[] } = {},
): string | undefined {
  switch (kind) {
    case "slack":
      return slackUrlProblem(secret, rules, rules.slackHosts);
    case "teams":
      return webhookProblem(secret, rules);
    case "webhook": {
      const { min, max } = SIGNING_SECRET_LENGTH;
      const fits = secret.length >= min && secret.length <= max && /^[\x21-\x7e]+$/.test(secret);
      return fits ? undefined : `must have ${min} to ${max} printable ASCII characters, and no space`;
    }
    case "pagerduty":
      return /^[A-Za-z0-9_-]{20,64}$/.test(secret)
        ? undefined
        : "must be the integration key of a service with Events API v2";
    case "email":
    case "sns":
    case "function":
      return "is nothing that a channel of this kind has";
    default:
      return kind satisfies never;
  }
}

export function slackUrlProblem(
  url: string,
  rules: TargetRules,
  hosts: readonly string[] = SLACK_HOSTS,
): string | undefined {
  const problem = webhookProblem(url, rules);
  if (problem !== undefined) return problem;
  const target = new URL(url);
  if (hosts.includes(target.hostname) || isAllowed(target, rules)) return undefined;
  return `must be at ${hosts.join(" or ")}`;
}
