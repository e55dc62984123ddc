import type { CallEnd, StreamGatherer } from "../../recording/call.ts";
import { countsInBody, parsedBytes } from "./invoked-counts.ts";

interface BodyEvent {
  readonly chunk?: { readonly bytes?: Uint8Array };
}

const METRICS = "amazon-bedrock-invocationMetrics";

/**
 * The maker's own events. Bedrock puts its counts into the last. Of a stream that was left before, the first and the last that
 * came may tell something, and each is a token at least. Those two alone are parsed.
 */
export class InvokedEvents implements StreamGatherer {
  #first: Uint8Array | undefined;
  #last: Uint8Array | undefined;
  #count = 0;

  see(part: unknown): boolean {
    const bytes = (part as BodyEvent).chunk?.bytes;
    if (bytes === undefined) return true;
    this.#first ??= bytes;
    this.#last = bytes;
    this.#count += 1;
    return true;
  }

  answer(): unknown {
    const last = parsedBytes(this.#last);
    const told = countsInBody(last);
    if (isWhole(last)) return { usage: told };
    const usage = { ...countsInBody(parsedBytes(this.#first)), ...told };
    return { usage: { ...usage, outputTokens: Math.max(usage.outputTokens ?? 0, this.#count) } };
  }

  end(): CallEnd {
    return isWhole(parsedBytes(this.#last)) ? {} : { isEstimated: true };
  }
}

function isWhole(last: unknown): boolean {
  return typeof last === "object" && last !== null && METRICS in last;
}
