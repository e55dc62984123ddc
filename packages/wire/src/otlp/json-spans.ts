import { fieldProblem } from "../problem.ts";
import { isRead } from "./read-names.ts";
import {
  type Attributes,
  type AttributeValue,
  addSpan,
  EXCEPTION_EVENT,
  EXCEPTION_TYPE,
  integerValue,
  knownTime,
  type OtlpSpan,
  STATUS_ERROR,
} from "./span.ts";

type Members = Readonly<Record<string, unknown>>;

/**
 * The spans of an `ExportTraceServiceRequest` in JSON. Members that are not known are not looked at.
 *
 * https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 * @throws ProblemError that names what is not as it must be
 */
export function spansFromJson(body: unknown): OtlpSpan[] {
  const spans: OtlpSpan[] = [];
  for (const [group, ofGroup] of objectsIn(objectAt(body, "(body)"), "resourceSpans")) {
    const resource = readAttributes(objectAt(group.resource ?? {}, `${ofGroup}.resource`), ofGroup);
    for (const [scope, ofScope] of objectsIn(group, "scopeSpans", ofGroup)) {
      for (const [span, ofSpan] of objectsIn(scope, "spans", ofScope)) {
        addSpan(spans, readSpan(span, resource, ofSpan));
      }
    }
  }
  return spans;
}

function readSpan(span: Members, resource: Attributes, place: string): OtlpSpan {
  const status = objectAt(span.status ?? {}, `${place}.status`);
  const exceptionType = exceptionTypeIn(span, place);
  return {
    traceId: hex(span.traceId),
    spanId: hex(span.spanId),
    parentSpanId: hex(span.parentSpanId),
    start: timeIn(span.startTimeUnixNano),
    end: timeIn(span.endTimeUnixNano),
    attributes: readAttributes(span, place),
    resource,
    failed: status.code === STATUS_ERROR,
    ...(exceptionType !== undefined && { exceptionType }),
  };
}

function exceptionTypeIn(span: Members, place: string): string | undefined {
  let found: string | undefined;
  for (const [event, ofEvent] of objectsIn(span, "events", place)) {
    if (event.name !== EXCEPTION_EVENT) continue;
    const type = readAttributes(event, ofEvent)[EXCEPTION_TYPE];
    if (typeof type === "string") found = type;
  }
  return found;
}

function readAttributes(holder: Members, place: string): Attributes {
  const attributes: Record<string, AttributeValue> = {};
  for (const [{ key, value }, ofAttribute] of objectsIn(holder, "attributes", place)) {
    if (typeof key !== "string" || !isRead(key)) continue;
    const read = valueIn(objectAt(value ?? {}, `${ofAttribute}.value`));
    if (read !== undefined) attributes[key] = read;
  }
  return attributes;
}

/** Lists and maps are no value of an attribute that is looked at. */
function valueIn({ stringValue, intValue, doubleValue, boolValue }: Members): AttributeValue | undefined {
  if (typeof stringValue === "string") return stringValue;
  if (typeof intValue === "number") return intValue;
  if (typeof intValue === "string" && /^-?\d{1,19}$/.test(intValue)) return integerValue(intValue);
  if (typeof doubleValue === "number") return doubleValue;
  return typeof boolValue === "boolean" ? boolValue : undefined;
}

const HEX = /^[0-9a-f]*$/i;

function hex(id: unknown): string {
  return typeof id === "string" && HEX.test(id) ? id.toLowerCase() : "";
}

function timeIn(value: unknown): bigint | undefined {
  if (typeof value === "string" && /^\d{1,20}$/.test(value)) return knownTime(BigInt(value));
  return typeof value === "number" && Number.isInteger(value) ? knownTime(BigInt(value)) : undefined;
}

/** The objects of a list, each with its place for messages. Absent is empty. */
function* objectsIn(holder: Members, name: string, place?: string): Generator<[Members, string]> {
  const list = holder[name] ?? [];
  const path = place === undefined ? name : `${place}.${name}`;
  if (!Array.isArray(list)) throw fieldProblem(path, "must be a list");
  for (const [index, one] of list.entries()) {
    const ofOne = `${path}[${index}]`;
    yield [objectAt(one, ofOne), ofOne];
  }
}

function objectAt(value: unknown, place: string): Members {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Members;
  throw fieldProblem(place, "must be an object");
}
