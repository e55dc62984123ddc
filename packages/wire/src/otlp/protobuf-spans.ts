import type { Reader } from "protobufjs/minimal.js";
import { fieldProblem, ProblemError } from "../problem.ts";
import { isRead } from "./read-names.ts";
import {
  type AttributeValue,
  addSpan,
  EXCEPTION_EVENT,
  EXCEPTION_TYPE,
  integerValue,
  knownTime,
  type OtlpSpan,
  STATUS_ERROR,
} from "./span.ts";

/**
 * The spans of an `ExportTraceServiceRequest` in protobuf. Fields that are not needed are skipped unread. What reads
 * protobuf is loaded with the first such body: most functions never see one.
 *
 * https://github.com/open-telemetry/opentelemetry-proto/tree/main/opentelemetry/proto
 * @throws ProblemError when it is no such message
 */
export async function spansFromProtobuf(bytes: Uint8Array): Promise<OtlpSpan[]> {
  const protobuf = await import("protobufjs/minimal.js");
  const spans: OtlpSpan[] = [];
  try {
    const reader = protobuf.Reader.create(bytes);
    readFields(reader, { end: reader.len, fields: requestFields, into: spans });
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    // The reader's own message tells of offsets only, and helps nobody.
    throw fieldProblem("(body)", "must be an ExportTraceServiceRequest in protobuf");
  }
  return spans;
}

/** Readers of fields by tag: the field's number and its wire type. */
type Fields<T> = Readonly<Record<number, (reader: Reader, into: T) => void>>;

const varint = (field: number) => field << 3;
const fixed64 = (field: number) => (field << 3) | 1;
const bytes = (field: number) => (field << 3) | 2;

interface Target<T> {
  readonly end: number;
  readonly fields: Fields<T>;
  readonly into: T;
}

function readFields<T>(reader: Reader, { end, fields, into }: Target<T>): T {
  while (reader.pos < end) {
    const tag = reader.uint32();
    const read = fields[tag];
    if (read === undefined) reader.skipType(tag & 7, 0, tag >>> 3);
    else read(reader, into);
  }
  if (reader.pos !== end) throw new RangeError("a field is longer than what holds it");
  return into;
}

function readMessage<T>(reader: Reader, fields: Fields<T>, into: T): T {
  return readFields(reader, { end: endOf(reader), fields, into });
}

/** Where the message or bytes end whose length comes next. */
function endOf(reader: Reader): number {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw new RangeError("longer than the body");
  return end;
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };
type Values = Record<string, AttributeValue>;

interface Attribute {
  key: string;
  /** Where its value is: it is read only when its key is known. */
  value?: { readonly start: number; readonly end: number };
}

interface Group {
  readonly resource: Values;
  readonly spans: OtlpSpan[];
}

interface ReadEvent {
  name: string;
  readonly attributes: Values;
}

const valueFields: Fields<{ value?: AttributeValue }> = {
  [bytes(1)]: (reader, into) => {
    into.value = reader.string();
  },
  [varint(2)]: (reader, into) => {
    into.value = reader.bool();
  },
  [varint(3)]: (reader, into) => {
    into.value = integerValue(reader.int64().toString());
  },
  [fixed64(4)]: (reader, into) => {
    into.value = reader.double();
  },
};

const attributeFields: Fields<Attribute> = {
  [bytes(1)]: (reader, into) => {
    into.key = reader.string();
  },
  [bytes(2)]: (reader, into) => {
    const end = endOf(reader);
    into.value = { start: reader.pos, end };
    reader.pos = end;
  },
};

function readAttribute(reader: Reader, into: Values): void {
  const { key, value } = readMessage<Attribute>(reader, attributeFields, { key: "" });
  if (value === undefined || !isRead(key)) return;
  const after = reader.pos;
  reader.pos = value.start;
  const read = readFields(reader, {
    end: value.end,
    fields: valueFields,
    into: {} as { value?: AttributeValue },
  });
  reader.pos = after;
  if (read.value !== undefined) into[key] = read.value;
}

const eventFields: Fields<ReadEvent> = {
  [bytes(2)]: (reader, into) => {
    into.name = reader.string();
  },
  [bytes(3)]: (reader, into) => readAttribute(reader, into.attributes),
};

const statusFields: Fields<{ code: number }> = {
  [varint(3)]: (reader, into) => {
    into.code = reader.int32();
  },
};

type SpanInTheMaking = Mutable<OtlpSpan> & { attributes: Values };

const spanFields: Fields<SpanInTheMaking> = {
  [bytes(1)]: (reader, into) => {
    into.traceId = hexOf(reader);
  },
  [bytes(2)]: (reader, into) => {
    into.spanId = hexOf(reader);
  },
  [bytes(4)]: (reader, into) => {
    into.parentSpanId = hexOf(reader);
  },
  [fixed64(7)]: (reader, into) => {
    into.start = timeOf(reader);
  },
  [fixed64(8)]: (reader, into) => {
    into.end = timeOf(reader);
  },
  [bytes(9)]: (reader, into) => readAttribute(reader, into.attributes),
  [bytes(11)]: (reader, into) => {
    const { name, attributes } = readMessage<ReadEvent>(reader, eventFields, { name: "", attributes: {} });
    const type = attributes[EXCEPTION_TYPE];
    if (name === EXCEPTION_EVENT && typeof type === "string") into.exceptionType = type;
  },
  [bytes(15)]: (reader, into) => {
    into.failed = readMessage(reader, statusFields, { code: 0 }).code === STATUS_ERROR;
  },
};

const scopeFields: Fields<Group> = {
  [bytes(2)]: (reader, { resource, spans }) => {
    const span = { traceId: "", spanId: "", parentSpanId: "", attributes: {}, resource, failed: false };
    readMessage<SpanInTheMaking>(reader, spanFields, addSpan(spans, span));
  },
};

const resourceFields: Fields<Values> = { [bytes(1)]: readAttribute };

/** The resource may come after the spans that it is of: they share the object that it is read into. */
const groupFields: Fields<Group> = {
  [bytes(1)]: (reader, into) => void readMessage(reader, resourceFields, into.resource),
  [bytes(2)]: (reader, into) => void readMessage(reader, scopeFields, into),
};

const requestFields: Fields<OtlpSpan[]> = {
  [bytes(1)]: (reader, spans) => void readMessage<Group>(reader, groupFields, { resource: {}, spans }),
};

function hexOf(reader: Reader): string {
  return Buffer.from(reader.bytes()).toString("hex");
}

/** By its halves: a double would lose the last digits. */
function timeOf(reader: Reader): bigint | undefined {
  const low = BigInt(reader.fixed32());
  return knownTime((BigInt(reader.fixed32()) << 32n) | low);
}
