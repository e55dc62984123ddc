export {
  type AnthropicBatchClient,
  type AnthropicBatchesOptions,
  anthropicBatches,
} from "./batching/anthropic-batches.ts";
export {
  type AddOptions,
  type BatchOptimizer,
  type BatchOptimizerOptions,
  batchOptimizer,
} from "./batching/batch-optimizer.ts";
export {
  type BatchedRequest,
  type BatchProvider,
  BatchRequestError,
  type BatchResult,
  type BatchStatus,
  type ReadOptions,
} from "./batching/batch-provider.ts";
export type { BatchPrices, BatchPricesOf, BatchSavings } from "./batching/batch-savings.ts";
export {
  type OpenAIBatchClient,
  type OpenAIBatchEndpoint,
  type OpenAIBatchesOptions,
  openAIBatches,
} from "./batching/openai-batches.ts";
export type { BatchTracker } from "./batching/recorded-line.ts";
export type { CacheStatistics } from "./caching/cache-statistics.ts";
export { type CacheStore, type MemoryStoreOptions, memoryStore } from "./caching/cache-store.ts";
export { type AnswerPrices, costOfAnswer } from "./caching/cost-of-answer.ts";
export type { CacheScope } from "./caching/request-key.ts";
export {
  type CacheDecision,
  type CacheDecisionOptions,
  type CacheReason,
  shouldCacheRequest,
} from "./caching/should-cache-request.ts";
export { type CachedCall, type CacheOptions, withCache } from "./caching/with-cache.ts";
export type { PriceTexts } from "./exact-cost.ts";
export type {
  LeftOutModel,
  Misfit,
  MisfitReason,
  ModelCandidate,
  ModelChoice,
  ModelNeed,
  ModelPreference,
  RankedModel,
} from "./routing/model-candidate.ts";
export type { RoutingStatistics } from "./routing/routing-statistics.ts";
export { selectModel } from "./routing/select-model.ts";
export { type PricesOptions, withPrices } from "./routing/with-prices.ts";
export {
  type CostOptimizationOptions,
  type CostOptimizationStatistics,
  type OptimizedCall,
  type RoutedRequest,
  withCostOptimization,
} from "./with-cost-optimization.ts";
