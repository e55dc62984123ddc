import { createTracker, type TrackerOptions } from "../create-tracker.ts";
import { memoryTransport } from "../delivery/memory-transport.ts";

/** A tracker whose metrics come to rest in memory, after `flush()`. */
export function testTracker(options: Omit<TrackerOptions, "transport"> = {}) {
  const transport = memoryTransport();
  const tracker = createTracker({ env: {}, onProblem: () => {}, ...options, transport });
  return { tracker, metrics: transport.metrics };
}
