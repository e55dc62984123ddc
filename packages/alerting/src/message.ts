import type { Alert, AlertDrivers, ChannelTarget, DeliveryReason, Instant } from "@ai-usage/core";

/** What people are told: one alert, or those that a digest collected. */
export interface Message {
  /** At least one; the most serious first. */
  readonly alerts: readonly Alert[];
  readonly reason: DeliveryReason;
  /** Somebody tries the channel out: nothing has happened, and the message says so. */
  readonly test?: boolean;
  /** Of the first alert. */
  readonly drivers?: AlertDrivers;
  /** Where people look at alerts; the message links to it. */
  readonly dashboardUrl?: string;
  /** The same over all attempts, so that a receiver can tell a repeat. */
  readonly deliveryId: string;
  /** Counted from 1. */
  readonly attempt: number;
  readonly sentAt: Instant;
}

/**
 * `error` says what was wrong in words of our own: no address, no secret, nothing of what was answered. `permanent`: the
 * same message would fail again. `retryAfterMs`: what the receiver asks to wait.
 */
export type SendResult =
  | { readonly outcome: "sent"; readonly status?: number }
  | {
      readonly outcome: "failed";
      readonly error: string;
      readonly status?: number;
      readonly permanent: boolean;
      readonly retryAfterMs?: number;
    };

/** How messages go out over one kind of channel. */
export interface AlertSender {
  /**
   * Makes one attempt. That the receiver does not take it is an answer; thrown is only what is a bug.
   * @param secret of the channel, where its kind has one
   */
  send(
    channel: { readonly target: ChannelTarget; readonly name: string },
    message: Message,
    secret: string | undefined,
  ): Promise<SendResult>;
}
