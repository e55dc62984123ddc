import type { ChannelTarget } from "@ai-usage/core";
import type { SendResult } from "../message.ts";

/** A channel was handed to the sender of another kind. */
export const wrongTarget = ({ kind }: ChannelTarget): SendResult => ({
  outcome: "failed",
  error: `a channel of kind ${kind} is not for this sender`,
  permanent: true,
});

export const noSecret: SendResult = {
  outcome: "failed",
  error: "the channel has no secret: set it anew",
  permanent: true,
};
