import type { AlertSender } from "@ai-usage/alerting";
import type { Alert, AlertDrivers, Channel, ChannelKind, Instant } from "@ai-usage/core";
import type { Table } from "@ai-usage/store";
import type { ChannelSource } from "../channel-source.ts";

/** What deliveries are worked on with. */
export interface NotifyParts {
  readonly table: Table;
  readonly channels: ChannelSource;
  readonly secrets: { of(channel: Channel): Promise<string | undefined> };
  readonly senders: Readonly<Record<ChannelKind, AlertSender>>;
  /** What it was that an alert is about, as far as that can be found out. */
  readonly driversOf: (alert: Alert) => Promise<AlertDrivers | undefined>;
  readonly dashboardUrl?: string;
  /** Longest wait after the first attempt that fails. */
  readonly retryBaseMs: number;
  readonly clock: () => Instant;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** What is left of the invocation. */
  readonly remainingMs: () => number;
}
