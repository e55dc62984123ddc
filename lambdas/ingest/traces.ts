import type { Caller, Instant } from "@ai-usage/core";
import { type Ingest, ingestRequest } from "@ai-usage/ingest";
import { fieldProblem, METRICS_MAX, ProblemError } from "@ai-usage/wire";
import {
  attributeOf,
  countedCalls,
  encodeExportAnswer,
  encodeRpcStatus,
  metricOf,
  type OtlpEncoding,
  type OtlpSpan,
  otlpMediaTypes,
  rpcCodeOf,
  type SpanReading,
  spansFromJson,
  spansFromProtobuf,
  toWireExportAnswer,
} from "@ai-usage/wire/otlp";
import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { fromAuthorizerContext, requireRole } from "../caller.ts";
import { asError, logger } from "../environment.ts";
import { inflatedBody } from "../request-body.ts";
import { bodyOf, type HttpEvent } from "./http-event.ts";
import { Reasons } from "./reasons.ts";

type Answer = APIGatewayProxyStructuredResultV2;

export const TRACES_PATH = "/v1/traces";

/** Exporters wait as long before they send the same again. */
const RETRY_AFTER_SECONDS = 5;

/**
 * Spans by OTLP/HTTP: those that are calls to models are stored as metrics. Answered in the encoding of the request.
 *
 * https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export async function answerTraces(ingest: Ingest, event: HttpEvent, now: Instant): Promise<Answer> {
  const body = bodyOf(event);
  const encoding = encodingOf(body.contentType);
  try {
    const caller = fromAuthorizerContext(event.requestContext.authorizer?.lambda);
    requireRole(caller, "ingest");
    if (encoding === undefined) {
      throw new ProblemError(415, "content-type must be application/x-protobuf or application/json");
    }
    const spans = await readSpans(encoding, inflatedBody(body));
    const reasons = await recordCalls(ingest, spans, { now, caller });
    return await exportAnswer(encoding, reasons);
  } catch (error) {
    if (error instanceof ProblemError)
      return await failure(encoding, error.problem.status, error.problem.detail);
    logger.error("ingest of spans failed", asError(error));
    const answer = await failure(encoding, 503, "nothing of this may be stored yet: send the same again");
    return { ...answer, headers: { ...answer.headers, "retry-after": String(RETRY_AFTER_SECONDS) } };
  }
}

function encodingOf(contentType = ""): OtlpEncoding | undefined {
  const [mediaType = "", parameter = "charset=utf-8"] = contentType.toLowerCase().split(/\s*;\s*/);
  if (mediaType === otlpMediaTypes.protobuf) return "protobuf";
  return mediaType === otlpMediaTypes.json && /^charset="?utf-8"?$/.test(parameter) ? "json" : undefined;
}

async function readSpans(encoding: OtlpEncoding, bytes: Uint8Array): Promise<OtlpSpan[]> {
  return encoding === "protobuf" ? await spansFromProtobuf(bytes) : spansFromJson(parseJson(bytes));
}

/** Texts of calls are in it, cut where somebody's limit was: what is no UTF-8 in them is nothing to us. */
function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw fieldProblem("(body)", "must be JSON");
  }
}

interface Sender {
  readonly now: Instant;
  readonly caller: Caller;
}

/** @returns why some are not stored */
async function recordCalls(
  ingest: Ingest,
  spans: readonly OtlpSpan[],
  { now, caller }: Sender,
): Promise<Reasons> {
  const reasons = new Reasons();
  const { calls, rejected } = countedCalls(spans);
  for (const { field, message } of rejected) reasons.reject(`${field} ${message}`);
  for (let first = 0; first < calls.length; first += METRICS_MAX) {
    const part = calls.slice(first, first + METRICS_MAX);
    const { body } = await ingestRequest(ingest, { metrics: part.map(metricOf) }, now, caller);
    for (const [index, result] of body.results.entries()) note(result, part[index], reasons);
  }
  return reasons;
}

type Result = Awaited<ReturnType<typeof ingestRequest>>["body"]["results"][number];

function note({ status, error }: Result, call: SpanReading | undefined, reasons: Reasons): void {
  if (call === undefined || error === undefined) return;
  const field = attributeOf(error.field.replace(/^metrics\[\d+\]\./, ""), call.span);
  // It is counted already: by the tracker, or by another span that tells of the same answer.
  if (status === "conflict") reasons.warn(`${field} is of a call that is stored already, with other content`);
  else reasons.reject(`${field} ${error.message}`);
}

async function exportAnswer(encoding: OtlpEncoding, { rejected, message }: Reasons): Promise<Answer> {
  const answer = { rejectedSpans: rejected, message };
  return encoding === "protobuf"
    ? binary(200, await encodeExportAnswer(answer))
    : json(200, toWireExportAnswer(answer));
}

/** What has no encoding that we know is answered in JSON, which people can read. */
async function failure(encoding: OtlpEncoding | undefined, status: number, message: string): Promise<Answer> {
  const rpcStatus = { code: rpcCodeOf(status), message };
  return encoding === "protobuf" ? binary(status, await encodeRpcStatus(rpcStatus)) : json(status, rpcStatus);
}

function json(statusCode: number, body: object): Answer {
  return { statusCode, headers: { "content-type": otlpMediaTypes.json }, body: JSON.stringify(body) };
}

function binary(statusCode: number, bytes: Uint8Array): Answer {
  return {
    statusCode,
    headers: { "content-type": otlpMediaTypes.protobuf },
    body: Buffer.from(bytes).toString("base64"),
    isBase64Encoded: true,
  };
}
