import type { Answer } from "./answer.ts";
import { type Call, type Reading, readingOf, type UsageFormat } from "./normalized-usage.ts";
import { readChat } from "./openai-chat.ts";
import { readEmbeddings } from "./openai-embeddings.ts";
import { readImages } from "./openai-images.ts";
import { readResponse } from "./openai-responses.ts";

const FAILED_STATUS = 400;

/**
 * A line of a batch's output file or error file: one call, whichever endpoint it was for, at the batch tier whatever its
 * body says. A line that failed has a class of error and no usage.
 *
 * https://developers.openai.com/api/docs/api-reference/batch/request-output
 */
export const openAIBatchLine: UsageFormat = { service: "openai", read: readBatchLine };

function readBatchLine(line: Answer, call: Call): Reading {
  const response = line.at("response");
  const body = response.at("body");
  const requestId = body.name("id") ?? response.name("request_id") ?? line.name("id");
  const error = errorOf(line);
  if (error !== undefined) return readingOf({ requestId, usage: {}, served: { tier: "batch" }, error });
  const reading = readerOf(body)(body, call);
  return readingOf({ ...reading, requestId, served: { ...reading.served, tier: "batch" } });
}

function errorOf(line: Answer): string | undefined {
  const response = line.at("response");
  const error = line.at("error");
  if (error.isPresent()) return error.word("code", "type") ?? "error";
  if ((response.count("status_code") ?? 0) < FAILED_STATUS) return undefined;
  return response.at("body").at("error").word("type", "code") ?? `http_${response.count("status_code")}`;
}

function readerOf(body: Answer): (answer: Answer, call: Call) => Reading {
  const kind = body.word("object");
  if (kind === "response") return readResponse;
  if (kind === "list") return readEmbeddings;
  return kind === undefined && body.at("data").isList() ? readImages : readChat;
}
