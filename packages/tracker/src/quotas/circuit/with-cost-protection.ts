import type { MetricInput } from "@ai-usage/client/leases";
import { parseFixedPoint } from "@ai-usage/core/exact";
import { withMetricListener } from "../../context/usage-context.ts";
import { problemsOnStderr } from "../../default-problems.ts";
import { type CallResult, Circuit, type CircuitState, type Passage } from "./circuit.ts";
import { CircuitOpenError } from "./circuit-open-error.ts";
import { metricCost } from "./metric-cost.ts";
import { type CostProtectionOptions, limitsOf } from "./protection-options.ts";
import { isProviderFailure, saysNothing } from "./provider-failure.ts";

/** A call that is not made while the circuit is open. */
export interface ProtectedCall<Parameters extends readonly unknown[], Answer> {
  /** @throws CircuitOpenError when it is not made, and there is no fallback; and what the call throws */
  (...parameters: Parameters): Promise<Answer>;
  readonly state: CircuitState;
}

/**
 * A circuit breaker around a call of a provider that opens when calls fail, when they are slow, and when they spend too fast. Then no call is
 * made for a while; then one to see; and when that is well, all of them again. A stream counts as answered when it begins.
 *
 *     const ask = withCostProtection((prompt: string) => openai.responses.create({ model, input: prompt }), { latency: { slowMs: 20_000 } });
 *
 * @throws TrackerConfigurationError naming the options that cannot be
 */
export function withCostProtection<Parameters extends readonly unknown[], Answer, Fallback = never>(
  call: (...parameters: Parameters) => PromiseLike<Answer> | Answer,
  options: CostProtectionOptions<Parameters, Answer, Fallback> = {},
): ProtectedCall<Parameters, Answer | Fallback> {
  const protection = new Protection(call, options);
  const protectedCall = (...parameters: Parameters) => protection.make(parameters);
  Object.defineProperty(protectedCall, "state", { get: () => protection.circuit.state });
  return protectedCall as ProtectedCall<Parameters, Answer | Fallback>;
}

class Protection<Parameters extends readonly unknown[], Answer, Fallback> {
  readonly circuit: Circuit;
  readonly #call: (...parameters: Parameters) => PromiseLike<Answer> | Answer;
  readonly #options: CostProtectionOptions<Parameters, Answer, Fallback>;
  readonly #costOfMetric: (metric: MetricInput) => string | undefined;
  readonly #now: () => number;
  readonly #onProblem: ReturnType<typeof problemsOnStderr>;

  constructor(
    call: (...parameters: Parameters) => PromiseLike<Answer> | Answer,
    options: CostProtectionOptions<Parameters, Answer, Fallback>,
  ) {
    this.#call = call;
    this.#options = options;
    this.#costOfMetric = options.spend?.costOfMetric ?? metricCost(options.spend?.prices);
    this.#now = options.now ?? Date.now;
    this.#onProblem = options.onProblem ?? problemsOnStderr();
    this.circuit = new Circuit(limitsOf(options), (change) =>
      this.#safely(() => options.onStateChange?.(change)),
    );
  }

  async make(parameters: Parameters): Promise<Answer | Fallback> {
    const startedMs = this.#now();
    const passage = this.#enter(startedMs);
    if (passage instanceof CircuitOpenError) {
      if (this.#options.fallback === undefined) throw passage;
      return this.#options.fallback(passage, ...parameters);
    }
    let result: CallResult = "ignored";
    try {
      const answer = await this.#listened(() => this.#call(...parameters));
      result = { isFailure: false, isSlow: this.#isSlow(startedMs) };
      this.#spendOf(() => this.#options.spend?.costOf?.(answer));
      return answer;
    } catch (error) {
      result = this.#resultOf(error, startedMs);
      throw error;
    } finally {
      this.circuit.settle(passage, this.#now(), result);
    }
  }

  #enter(nowMs: number): Passage | CircuitOpenError {
    try {
      return this.circuit.enter(nowMs);
    } catch (error) {
      if (error instanceof CircuitOpenError) return error;
      throw error;
    }
  }

  #listened(work: () => PromiseLike<Answer> | Answer): PromiseLike<Answer> | Answer {
    const { spend } = this.#options;
    if (spend === undefined || spend.costOf !== undefined) return work();
    return withMetricListener((metric) => this.#spendOf(() => this.#costOfMetric(metric)), work);
  }

  #spendOf(cost: () => string | undefined): void {
    this.#safely(() => {
      const text = cost();
      if (text === undefined) return;
      const usd = parseFixedPoint(text);
      if (usd === undefined || usd < 0n)
        throw new RangeError("a call's cost must be an amount as exact text");
      this.circuit.spend(this.#now(), usd);
    });
  }

  #resultOf(error: unknown, startedMs: number): CallResult {
    if (saysNothing(error)) return "ignored";
    let isFailure = false;
    this.#safely(() => {
      isFailure = (this.#options.isFailure ?? isProviderFailure)(error);
    });
    return { isFailure, isSlow: this.#isSlow(startedMs) };
  }

  #isSlow(startedMs: number): boolean {
    const { latency } = this.#options;
    return latency !== undefined && this.#now() - startedMs >= latency.slowMs;
  }

  /** What the application has given may fail without failing the call. */
  #safely(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#onProblem({ kind: "callback", error: error instanceof Error ? error : new Error(String(error)) });
    }
  }
}
