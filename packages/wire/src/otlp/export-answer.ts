import type { Writer } from "protobufjs/minimal.js";

/** How a request comes, and its answer goes. */
export type OtlpEncoding = "json" | "protobuf";

export const otlpMediaTypes = {
  json: "application/json",
  protobuf: "application/x-protobuf",
} as const satisfies Record<OtlpEncoding, string>;

/** What an exporter is told: `message` without rejected spans is a warning, and nothing at all is full success. */
export interface ExportAnswer {
  readonly rejectedSpans: number;
  readonly message: string;
}

/** A `google.rpc.Status`: https://github.com/googleapis/googleapis/blob/master/google/rpc/status.proto */
export interface RpcStatus {
  /** https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
  readonly code: number;
  readonly message: string;
}

/** An `ExportTraceServiceResponse` as JSON has it: 64-bit integers are text. */
export function toWireExportAnswer({ rejectedSpans, message }: ExportAnswer) {
  if (rejectedSpans === 0 && message === "") return {};
  return { partialSuccess: { rejectedSpans: String(rejectedSpans), errorMessage: message } };
}

/** https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/collector/trace/v1/trace_service.proto */
export async function encodeExportAnswer({ rejectedSpans, message }: ExportAnswer): Promise<Uint8Array> {
  const writer = await newWriter();
  if (rejectedSpans === 0 && message === "") return writer.finish();
  writer.uint32(tag(1, BYTES)).fork();
  writer.uint32(tag(1, VARINT)).int64(rejectedSpans);
  writer.uint32(tag(2, BYTES)).string(message);
  return writer.ldelim().finish();
}

export async function encodeRpcStatus({ code, message }: RpcStatus): Promise<Uint8Array> {
  const writer = await newWriter();
  writer.uint32(tag(1, VARINT)).int32(code);
  return writer.uint32(tag(2, BYTES)).string(message).finish();
}

const VARINT = 0;
const BYTES = 2;
const tag = (field: number, wireType: number) => (field << 3) | wireType;

async function newWriter(): Promise<Writer> {
  const protobuf = await import("protobufjs/minimal.js");
  return protobuf.Writer.create();
}

const CODES: Readonly<Record<number, number>> = { 401: 16, 403: 7, 429: 8, 503: 14 };
const INVALID_ARGUMENT = 3;

/** The code that goes with an HTTP status. */
export function rpcCodeOf(httpStatus: number): number {
  return CODES[httpStatus] ?? INVALID_ARGUMENT;
}
