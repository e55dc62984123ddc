export { readTrace, type TraceRow } from "./trace.ts";
export { trafficOf, type WireMetric } from "./traffic.ts";
