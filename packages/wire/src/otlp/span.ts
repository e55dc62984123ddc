import { ProblemError } from "../problem.ts";

/** Integers too large for a JavaScript number are decimal text. */
export type AttributeValue = string | number | boolean;
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** What is read of a span, by whichever encoding it came. Of its attributes there are those alone that `isRead` names. */
export interface OtlpSpan {
  /** Hexadecimal digits in lower case; empty where there is none. So are the other ids. */
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  /** Nanoseconds since 1970, to the last one. */
  readonly start?: bigint;
  readonly end?: bigint;
  readonly attributes: Attributes;
  readonly resource: Attributes;
  /** Its status is an error. */
  readonly failed: boolean;
  /** `exception.type` of the last exception that it tells of. */
  readonly exceptionType?: string;
}

/** A body of spans with nothing in them would otherwise become a hundred times its size. */
const SPANS_MAX = 20_000;

/** @throws ProblemError when there are too many */
export function addSpan<Span extends OtlpSpan>(spans: OtlpSpan[], span: Span): Span {
  if (spans.length === SPANS_MAX) {
    throw new ProblemError(413, `a request must have at most ${SPANS_MAX} spans, send them in several`);
  }
  spans.push(span);
  return span;
}

/** https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto (`Status`) */
export const STATUS_ERROR = 2;

/** https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-spans/ */
export const EXCEPTION_EVENT = "exception";
export const EXCEPTION_TYPE = "exception.type";

/** An integer of 64 bits, from its decimal text. */
export function integerValue(text: string): AttributeValue {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

/** 0 is what encodings have for no time at all. */
export function knownTime(nanoseconds: bigint): bigint | undefined {
  return nanoseconds > 0n ? nanoseconds : undefined;
}
