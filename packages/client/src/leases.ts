export * from "./errors.ts";
export { LeaseClient } from "./lease-client.ts";
export * from "./lease-holder.ts";
export type * from "./lease-requests.ts";
export type { AIUsageClientOptions } from "./methods/api-methods.ts";
export type { OutcomeInput } from "./outcome-requests.ts";
export type { MetricInput } from "./requests.ts";
