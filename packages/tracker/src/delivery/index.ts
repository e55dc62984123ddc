export type { BackOffOptions } from "./back-off.ts";
export type { Delivery, DeliveryStatistics, FlushOptions, TrackerProblem } from "./delivery.ts";
export { fileTransport } from "./file-transport.ts";
export { type HttpTransportOptions, httpTransport } from "./http-transport.ts";
export { type LambdaClientLike, type LambdaTransportOptions, lambdaTransport } from "./lambda-transport.ts";
export { type MemoryTransport, memoryTransport } from "./memory-transport.ts";
export { type DeliveryOptions, startDelivery } from "./start-delivery.ts";
export {
  type BatchReceipt,
  type LineOutcome,
  type Transport,
  TransportError,
  type TransportFailure,
} from "./transport.ts";
