import { bedrockConverse } from "@ai-usage/core/normalize/bedrock";
import type { CallFormat } from "../../recording/call.ts";
import { ConverseEvents } from "./converse-events.ts";

/** Converse, in whose terms the counts of invoked models are put too. */
export const BEDROCK_CONVERSE: CallFormat = {
  usage: bedrockConverse,
  parts: (start) => new ConverseEvents(start),
};
