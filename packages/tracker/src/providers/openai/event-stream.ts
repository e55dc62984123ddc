import type { StreamGatherer } from "../../recording/call.ts";

interface ToldEvent {
  readonly usage?: unknown;
  readonly size?: unknown;
  readonly quality?: unknown;
  readonly svg_usage?: unknown;
}

/** Events of pictures, speech and transcriptions: the last of them tells the usage, and the others cannot be counted. */
export class EventStream implements StreamGatherer {
  #told: ToldEvent | undefined;

  see(part: unknown): boolean {
    const event = part as ToldEvent | null;
    if (typeof event === "object" && event !== null && event.usage) {
      const { usage, size, quality, svg_usage } = event;
      this.#told = { usage, size, quality, svg_usage };
    }
    return true;
  }

  answer(): unknown {
    return this.#told;
  }
}
