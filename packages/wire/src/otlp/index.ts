export { attributeOf, type MetricOfSpan, metricOf, type SpanReading } from "./call-metric.ts";
export { type CountedCalls, countedCalls } from "./counted-calls.ts";
export {
  type ExportAnswer,
  encodeExportAnswer,
  encodeRpcStatus,
  type OtlpEncoding,
  otlpMediaTypes,
  type RpcStatus,
  rpcCodeOf,
  toWireExportAnswer,
} from "./export-answer.ts";
export { spansFromJson } from "./json-spans.ts";
export { spansFromProtobuf } from "./protobuf-spans.ts";
export type { OtlpSpan } from "./span.ts";
