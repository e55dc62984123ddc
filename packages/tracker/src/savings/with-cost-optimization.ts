import type { CacheStatistics } from "./caching/cache-statistics.ts";
import { type CacheDecisionOptions, shouldCacheRequest } from "./caching/should-cache-request.ts";
import { type CacheOptions, withCache } from "./caching/with-cache.ts";
import type { ModelCandidate, ModelNeed } from "./routing/model-candidate.ts";
import { RoutingCounters, type RoutingStatistics } from "./routing/routing-statistics.ts";
import { selectModel } from "./routing/select-model.ts";

/** A request as providers' SDKs take it. */
export interface RoutedRequest {
  readonly model?: string | undefined;
}

export interface CostOptimizationOptions<
  Request extends RoutedRequest,
  Answer,
  Candidate extends ModelCandidate,
> {
  readonly candidates: readonly Candidate[];
  /** What calls need; by a function where that depends on the request. */
  readonly need: ModelNeed | ((request: Request) => ModelNeed);
  /** Where to keep answers, and which: without it nothing is cached. */
  readonly cache?: Omit<CacheDecisionOptions, "costUsd"> &
    Pick<
      CacheOptions<[Request], Answer>,
      "store" | "key" | "costOf" | "revive" | "storeTimeoutMs" | "onProblem"
    >;
}

export interface CostOptimizationStatistics extends RoutingStatistics {
  readonly cache?: CacheStatistics;
}

export interface OptimizedCall<Request, Answer> {
  (request: Request): Promise<Answer>;
  statistics(): CostOptimizationStatistics;
}

/**
 * Makes a function that chooses the model of each request, answers from the cache what may be answered from it, and calls for the rest.
 * It is `selectModel`, `shouldCacheRequest` and `withCache`, and nothing more.
 *
 * @param call is given the request with the chosen model, and whose it is; nobody where no candidate fits: then the request is as it was
 */
export function withCostOptimization<
  Request extends RoutedRequest,
  Answer,
  Candidate extends ModelCandidate = ModelCandidate,
>(
  call: (request: Request, chosen: Candidate | undefined) => PromiseLike<Answer>,
  { candidates, need, cache }: CostOptimizationOptions<Request, Answer, Candidate>,
): OptimizedCall<Request, Answer> {
  const counters = new RoutingCounters();
  const make = ({ request, chosen }: Routed<Request, Candidate>) => call(request, chosen);
  const cached = cache && cachedCall(make, cache);
  const optimized = async (request: Request): Promise<Answer> => {
    const needed = typeof need === "function" ? need(request) : need;
    const choice = selectModel(candidates, needed);
    counters.count(choice, request.model);
    if (choice.outcome === "nothing_fits") return (cached ?? make)({ request });
    const { candidate: chosen, costUsd } = choice.selected;
    return (cached ?? make)({ request: { ...request, model: chosen.model }, chosen, costUsd });
  };
  return Object.assign(optimized, {
    statistics: () => ({ ...counters.read(), ...(cached && { cache: cached.statistics() }) }),
  });
}

/** A request, and which model it goes to. */
interface Routed<Request, Candidate> {
  readonly request: Request;
  readonly chosen?: Candidate;
  readonly costUsd?: string;
}

function cachedCall<Request extends RoutedRequest, Answer, Candidate extends ModelCandidate>(
  make: (routed: Routed<Request, Candidate>) => PromiseLike<Answer>,
  cache: NonNullable<CostOptimizationOptions<Request, Answer, Candidate>["cache"]>,
) {
  const { costOf, ...others } = cache;
  return withCache<[Routed<Request, Candidate>], Answer>(make, {
    ...others,
    // Two services may have a model of one name.
    keyOf: ({ request, chosen }) => [chosen?.service ?? null, request],
    when: ({ request, costUsd }) =>
      shouldCacheRequest(request, { ...cache, ...(costUsd !== undefined && { costUsd }) }).cache,
    ...(costOf && {
      costOf: (answer: Answer, { request }: Routed<Request, Candidate>) => costOf(answer, request),
    }),
  });
}
