import type { MetricInput } from "@ai-usage/client/leases";
import { STORED, type Transport } from "./transport.ts";

export interface MemoryTransport extends Transport {
  /** What was sent, in order. */
  readonly metrics: readonly MetricInput[];
}

/** Keeps metrics where the tests of an application can look at them. */
export function memoryTransport(): MemoryTransport {
  const metrics: MetricInput[] = [];
  return {
    name: "memory",
    metrics,
    send: async (lines) => {
      metrics.push(...lines.map((line) => JSON.parse(line) as MetricInput));
      return { outcomes: lines.map(() => STORED) };
    },
  };
}
