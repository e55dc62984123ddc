import type { Alert, AlertKind } from "./alert.ts";
import { isAtLeastLevel, type ThresholdLevel } from "./budget.ts";
import type { Weekday } from "./period.ts";
import { dimensionOf, type Scope, scopeValueOf } from "./scope.ts";
import type { Instant } from "./time.ts";

export const channelKinds = ["email", "slack", "teams", "webhook", "pagerduty", "sns", "function"] as const;
export type ChannelKind = (typeof channelKinds)[number];

/** Where messages go. What is secret about it is not here: a channel's secret is kept by Secrets Manager. */
export type ChannelTarget =
  | { readonly kind: "email"; readonly to: readonly string[] }
  /** The address of the incoming webhook is the secret. */
  | { readonly kind: "slack" }
  | { readonly kind: "teams" }
  /** Signed with the secret. */
  | { readonly kind: "webhook"; readonly url: string }
  /** The routing key is the secret. */
  | { readonly kind: "pagerduty" }
  | { readonly kind: "sns"; readonly topicArn: string }
  /** A sender of one's own: a function that is invoked with the event. */
  | { readonly kind: "function"; readonly functionArn: string };

/** A way of telling people. */
export interface Channel {
  readonly channelId: string;
  readonly name: string;
  readonly target: ChannelTarget;
  /** Name of the secret in Secrets Manager, where the kind has one. */
  readonly secretName?: string;
  readonly minLevel: ThresholdLevel;
  /** Absent: all kinds of alerts. */
  readonly alertKinds?: readonly AlertKind[];
  /** Scopes, or all of a dimension (`team:*`), whose alerts it tells of. Absent: all. */
  readonly scopes?: readonly string[];
  /** Tells of nothing but what is escalated to it. */
  readonly standby: boolean;
  readonly quietHours?: QuietHours;
  readonly digest?: Digest;
  /** After a message about a scope there is none of the same or a lower level about it for this long. 0: no cooldown. */
  readonly cooldownMinutes: number;
  readonly rateLimit?: RateLimit;
  readonly escalation?: Escalation;
  readonly active: boolean;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly updatedAt: Instant;
}

/** Messages wait from `from` to `to`, by the clocks of `timeZone`; over midnight where `to` is not the later. */
export interface QuietHours {
  readonly timeZone: string;
  /** `22:00` */
  readonly from: string;
  readonly to: string;
  /** Days on which they begin. Absent: every day. */
  readonly days?: readonly Weekday[];
  /** Alerts of this level and above do not wait. */
  readonly unlessLevel?: ThresholdLevel;
}

/** Alerts up to a level are collected into one message. */
export interface Digest {
  readonly every: "hourly" | "daily";
  /** When a daily one goes out, `09:00`. */
  readonly at: string;
  readonly timeZone: string;
  readonly upToLevel: ThresholdLevel;
}

/** No more messages than this in each such time, counted from 1970; what is over waits for the next. */
export interface RateLimit {
  readonly messages: number;
  readonly perMinutes: number;
}

/** Who is told next of an alert that nobody acknowledges in time. */
export interface Escalation {
  readonly channelId: string;
  readonly afterMinutes: number;
}

/** `team:growth` is matched by itself, by `team:*` and by `*`. */
export function matchesScope(pattern: string, scope: Scope): boolean {
  if (pattern === "*" || pattern === scope) return true;
  if (!pattern.endsWith("*")) return false;
  return (
    pattern.startsWith(`${dimensionOf(scope)}:`) &&
    scopeValueOf(scope).startsWith(pattern.slice(dimensionOf(scope).length + 1, -1))
  );
}

/** Whether a channel is to tell of an alert at all; when is another question. */
export function isMeantFor(channel: Channel, alert: Alert): boolean {
  return (
    channel.active &&
    isAtLeastLevel(levelFor(alert), channel.minLevel) &&
    (channel.alertKinds === undefined || channel.alertKinds.includes(alert.kind)) &&
    (channel.scopes === undefined || channel.scopes.some((pattern) => matchesScope(pattern, alert.scope)))
  );
}

/** As what a channel takes an alert: whom it was meant for is told that it is over too, and as urgently. */
export const levelFor = (alert: Alert): ThresholdLevel =>
  alert.kind === "budget_recovered" ? alert.recoveredLevel : alert.level;
