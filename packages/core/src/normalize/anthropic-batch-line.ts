import type { Answer } from "./answer.ts";
import { readMessage } from "./anthropic-messages.ts";
import { type Call, type Reading, readingOf, type UsageFormat } from "./normalized-usage.ts";

/**
 * A line of a message batch's results: a message at the batch tier; or a request that failed, was canceled or expired, which
 * is not billed.
 *
 * https://platform.claude.com/docs/en/api/messages/batches/results
 */
export const anthropicBatchLine: UsageFormat = { service: "anthropic", read: readBatchLine };

function readBatchLine(line: Answer, call: Call): Reading {
  const result = line.at("result");
  const served = { tier: "batch" };
  if (result.word("type") !== "succeeded" && !result.at("message").isPresent()) {
    // The response around the error has a `type` of its own, `error`.
    const error = result.at("error").at("error").word("type") ?? result.at("error").word("type");
    return readingOf({ usage: {}, served, error: error ?? result.word("type") ?? "error" });
  }
  const reading = readMessage(result.at("message"), call);
  return readingOf({ ...reading, served: { ...reading.served, ...served } });
}
