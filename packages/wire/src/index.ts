export * from "./adjustment-wire.ts";
export * from "./alert-wire.ts";
export * from "./budget-wire.ts";
export * from "./event-wire.ts";
export * from "./fields.ts";
export * from "./ingest-wire.ts";
export {
  type MetricRules,
  type ParsedMetric,
  parseMetric,
  pricedFields,
  toWireMetric,
  usageField,
} from "./metric-wire.ts";
export * from "./price-import-wire.ts";
export * from "./price-wire.ts";
export * from "./problem.ts";
export * from "./quote-wire.ts";
export * from "./restatement-wire.ts";
export * from "./token-wire.ts";
export * from "./unpriced-wire.ts";
export * from "./usage-wire.ts";
