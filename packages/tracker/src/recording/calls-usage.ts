import type { MetricInput } from "@ai-usage/client/leases";
import { tokensOf } from "@ai-usage/core/usage";

/** What calls came to, as far as they are over. */
export interface CallsUsage {
  readonly calls: number;
  /** Of them, those that failed. */
  readonly failed: number;
  /** Cached ones among them. */
  readonly inputTokens: number;
  /** Reasoning among them. */
  readonly outputTokens: number;
}

/** Adds up the calls whose metrics it is told. */
export class CallsTally implements CallsUsage {
  calls = 0;
  failed = 0;
  inputTokens = 0;
  outputTokens = 0;

  add(metric: MetricInput): void {
    const { usage = {}, call_count = 1, error, also_used } = metric;
    this.calls += call_count;
    if (error !== undefined) this.failed += call_count;
    for (const used of also_used === undefined ? [usage] : [usage, ...also_used.map((one) => one.usage)]) {
      this.inputTokens += tokensOf(used, "input");
      this.outputTokens += tokensOf(used, "output");
    }
  }

  get sum(): CallsUsage {
    const { calls, failed, inputTokens, outputTokens } = this;
    return { calls, failed, inputTokens, outputTokens };
  }
}
