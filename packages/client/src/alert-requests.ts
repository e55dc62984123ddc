import type {
  AlertKind,
  AlertState,
  ChannelKind,
  DeliveryState,
  ThresholdLevel,
  Weekday,
} from "@ai-usage/core";
import type { PageQuery } from "./requests.ts";

export interface AlertQuery extends PageQuery {
  readonly state?: readonly AlertState[];
  /** This level and those above it. */
  readonly level?: ThresholdLevel;
  readonly kind?: readonly AlertKind[];
  readonly scope?: string;
  readonly budget_id?: string;
}

export interface RemarkInput {
  readonly note?: string;
}

/** Give either `until` or `minutes`. */
export interface SnoozeInput extends RemarkInput {
  readonly until?: string;
  readonly minutes?: number;
}

export interface DeliveryQuery extends PageQuery {
  /** @default "failed" */
  readonly state?: Extract<DeliveryState, "failed" | "waiting">;
}

/** Which alerts a channel tells of, and when. */
export interface ChannelTerms {
  readonly name: string;
  /** `email`: addresses. */
  readonly to?: readonly string[];
  /** `webhook`: https. */
  readonly url?: string;
  readonly topic_arn?: string;
  readonly function_arn?: string;
  /** Never answered again: address of a Slack or Teams webhook, signing secret of a webhook, routing key of PagerDuty. */
  readonly secret?: string;
  /** @default "INFO" */
  readonly min_level?: ThresholdLevel;
  /** @default all */
  readonly alert_kinds?: readonly AlertKind[];
  /** `team:growth`, `team:*`. @default all */
  readonly scopes?: readonly string[];
  /** Tells of nothing but what is escalated to it. @default false */
  readonly standby?: boolean;
  readonly quiet_hours?: QuietHoursInput;
  readonly digest?: DigestInput;
  /** @default 0 */
  readonly cooldown_minutes?: number;
  readonly rate_limit?: { readonly messages: number; readonly per_minutes: number };
  readonly escalation?: { readonly channel_id: string; readonly after_minutes: number };
}

export interface QuietHoursInput {
  /** `22:00` */
  readonly from: string;
  readonly to: string;
  /** @default "UTC" */
  readonly time_zone?: string;
  /** @default every day */
  readonly days?: readonly Weekday[];
  /** Alerts of this level and above do not wait. */
  readonly unless_level?: ThresholdLevel;
}

export interface DigestInput {
  readonly every: "hourly" | "daily";
  readonly at?: string;
  readonly time_zone?: string;
  readonly up_to_level?: ThresholdLevel;
}

export interface ChannelInput extends ChannelTerms {
  readonly kind: ChannelKind;
}

type EndableTerm = "alert_kinds" | "scopes" | "quiet_hours" | "digest" | "rate_limit" | "escalation";

/** `null` ends what a channel may go without. */
export type ChannelPatch = Partial<Omit<ChannelTerms, EndableTerm>> & {
  readonly [Term in EndableTerm]?: ChannelTerms[Term] | null;
};
