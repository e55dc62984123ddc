export type { MetricInput } from "@ai-usage/client/leases";
export * from "./budgets/index.ts";
export { ClientConfig } from "./clients/client-config.ts";
export { ClientManager, type ClientManagerOptions } from "./clients/client-manager.ts";
export { MissingSdkError } from "./clients/import-sdk.ts";
export {
  type Batch,
  type FailedItem,
  type PartialFailuresOptions,
  type PartialResults,
  withBatchContext,
  withPartialFailures,
} from "./context/batch-context.ts";
export { currentUsageContext, type UsageContext, withUsageContext } from "./context/usage-context.ts";
export {
  createCostMonitoredTracker,
  createTracker,
  type GateSurroundings,
  type TrackerOptions,
} from "./create-tracker.ts";
export * from "./delivery/index.ts";
export { TrackerConfigurationError } from "./environment/configuration-error.ts";
export {
  type Environment,
  type TrackerEnvironment,
  trackerOptionsFromEnv,
} from "./environment/environment.ts";
export type { MethodTerms } from "./functions/decorator.ts";
export type { FunctionTerms, ToldUsage } from "./functions/tracked-function.ts";
export type { OutcomeToTrack } from "./outcomes/outcome.ts";
export type { HashKey } from "./privacy/keyed-hash.ts";
export type { ProviderWiring } from "./providers/provider.ts";
export type { BatchFormatName, BatchResults, BatchResultsOptions } from "./recording/batch-results.ts";
export type { CallStart, CallTerms } from "./recording/call.ts";
export type { CallsUsage } from "./recording/calls-usage.ts";
export type { EndOfCall, Entry, Gate } from "./recording/gate.ts";
export { Tracker } from "./tracker.ts";
