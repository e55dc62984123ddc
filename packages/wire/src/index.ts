export * from "./adjustment-wire.ts";
export * from "./alert-wire.ts";
export * from "./alert-wire-requests.ts";
export { type Batch, type BatchStatus, batchStatuses } from "./batch-wire.ts";
export * from "./budget-change-wire.ts";
export * from "./budget-configure-wire.ts";
export * from "./budget-exhausted.ts";
export * from "./budget-file-schema.ts";
export * from "./budget-file-wire.ts";
export * from "./budget-set-wire.ts";
export * from "./budget-template-wire.ts";
export * from "./budget-terms-wire.ts";
export * from "./budget-wire.ts";
export {
  type ChannelRequest,
  type ChannelTerms,
  channelChangeSchema,
  channelSchema,
  parseChannelChange,
  parseNewChannel,
  toWireChannel,
} from "./channel-wire.ts";
export * from "./delivery-wire.ts";
export * from "./event-wire.ts";
export * from "./fields.ts";
export * from "./ingest-wire.ts";
export * from "./lease-wire.ts";
export * from "./ledger-wire.ts";
export {
  type MetricRules,
  metricSchema,
  type ParsedMetric,
  parseMetric,
  pricedFields,
  toWireMetric,
  usageField,
} from "./metric-wire.ts";
export * from "./outcome-wire.ts";
export * from "./price-import-wire.ts";
export * from "./price-wire.ts";
export * from "./problem.ts";
export * from "./quote-wire.ts";
export * from "./restatement-wire.ts";
export * from "./token-wire.ts";
export * from "./unpriced-wire.ts";
export * from "./usage-wire.ts";
