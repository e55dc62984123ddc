import type { TargetRules } from "@ai-usage/alerting";
import type { Channel } from "@ai-usage/core";
import type { ChannelTest } from "@ai-usage/wire";

/** What the routes of channels are made with, beside the table. */
export interface ChannelParts {
  /** Those that the deployment's settings make. */
  readonly builtIn: readonly Channel[];
  /** Whether the deployment has an address to send mail from. */
  readonly canMail: boolean;
  /** What the deployment's settings let channels reach. */
  readonly topicArns: readonly string[];
  readonly functionArns: readonly string[];
  readonly targetRules: TargetRules;
  readonly secrets: ChannelSecretKeeper;
  /** Sends a test message, and waits for what comes of it. */
  readonly test: (channelId: string) => Promise<ChannelTest>;
  /** Sets somebody to work on deliveries that are due; returns before it is done. */
  readonly sendDue: () => Promise<void>;
}

/** Where the secrets of channels are kept. Nothing here can read them. */
export interface ChannelSecretKeeper {
  /** @returns the name of the secret */
  keep(channelId: string, secret: string): Promise<string>;
  /** Does nothing where there is none. */
  drop(channelId: string): Promise<void>;
}
