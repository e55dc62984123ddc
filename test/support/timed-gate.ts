import type { UsageContext } from "../../packages/tracker/src/context/usage-context.ts";
import type { CallStart } from "../../packages/tracker/src/recording/call.ts";
import type { Entry, Gate } from "../../packages/tracker/src/recording/gate.ts";

/** A gate that keeps what its decisions took, of those that were made in memory. */
export class TimedGate implements Gate {
  readonly fromMemoryMs: number[] = [];
  readonly #gate: Gate;

  constructor(gate: Gate) {
    this.#gate = gate;
  }

  enter(start: CallStart, context: UsageContext): Entry | Promise<Entry> {
    const begun = performance.now();
    const entry = this.#gate.enter(start, context);
    if (!(entry instanceof Promise)) this.fromMemoryMs.push(performance.now() - begun);
    return entry;
  }

  close(): Promise<void> {
    return this.#gate.close();
  }
}
