import type { CallEnd, CallStart, StreamGatherer } from "../../recording/call.ts";
import { estimatedInput } from "../../recording/estimate.ts";
import { TextSize } from "../../recording/text-size.ts";

interface ConverseEvent {
  readonly metadata?: object;
  readonly messageStop?: { readonly stopReason?: string };
  readonly contentBlockDelta?: { readonly delta?: Delta };
}

interface Delta {
  readonly text?: unknown;
  readonly reasoningContent?: { readonly text?: unknown };
  readonly toolUse?: { readonly input?: unknown };
}

/** The usage comes last, in an event of its own. Of a stream that was left before, it is estimated. */
export class ConverseEvents implements StreamGatherer {
  readonly #start: CallStart;
  readonly #written = new TextSize();
  #metadata: object | undefined;
  #stopReason: string | undefined;

  constructor(start: CallStart) {
    this.#start = start;
  }

  get hasBegun(): boolean {
    return this.#written.pieces > 0;
  }

  see(part: unknown): boolean {
    const { metadata, messageStop, contentBlockDelta } = part as ConverseEvent;
    const delta = contentBlockDelta?.delta;
    if (delta !== undefined)
      this.#written.add(delta.text ?? delta.reasoningContent?.text ?? delta.toolUse?.input);
    this.#metadata = metadata ?? this.#metadata;
    this.#stopReason = messageStop?.stopReason ?? this.#stopReason;
    return true;
  }

  answer(): unknown {
    if (this.#metadata !== undefined) return { ...this.#metadata, stopReason: this.#stopReason };
    const outputTokens = Math.max(this.#written.pieces, this.#written.tokens());
    return { usage: { inputTokens: estimatedInput(this.#start), outputTokens } };
  }

  end(): CallEnd {
    return this.#metadata === undefined ? { isEstimated: true } : {};
  }
}
