import type { CallEnd, CallStart, StreamGatherer } from "../../recording/call.ts";
import { estimatedAnswer } from "../../recording/estimate.ts";
import { TextSize } from "../../recording/text-size.ts";

type Members = Readonly<Record<string, unknown>>;

interface MessageEvent {
  readonly type?: string;
  readonly message?: Members;
  readonly usage?: Members | null;
  readonly delta?: Members;
  readonly content_block?: Members;
  /** Of the older completions. */
  readonly completion?: unknown;
  readonly error?: unknown;
}

/**
 * The events of a message: the first tells what went in, and the last but one all counts as they are in the end.
 *
 * https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export class MessageStream implements StreamGatherer {
  readonly #start: CallStart;
  readonly #written = new TextSize();
  #message: Members = {};
  #usage: Record<string, unknown> | undefined;
  #stopReason: unknown;
  /** Kinds and names of the blocks: tools of the provider's own cost something. */
  readonly #content: Members[] = [];
  #isComplete = false;

  constructor(start: CallStart) {
    this.#start = start;
  }

  get hasBegun(): boolean {
    return this.#written.pieces > 0;
  }

  see(part: unknown): boolean {
    const event = part as MessageEvent | null;
    if (typeof event !== "object" || event === null) return true;
    switch (event.type) {
      case "content_block_delta":
        this.#measure(event.delta);
        break;
      case "content_block_start":
        this.#content.push({ type: event.content_block?.type, name: event.content_block?.name });
        break;
      case "message_start":
        this.#begin(event.message);
        break;
      case "message_delta":
        this.#count(event);
        break;
      case "completion":
        this.#written.add(event.completion);
        break;
    }
    return true;
  }

  #measure(delta: Members | undefined): void {
    this.#written.add(delta?.text ?? delta?.thinking ?? delta?.partial_json);
  }

  #begin({ id, model, usage }: Members = {}): void {
    this.#message = { id, model };
    this.#usage = { ...(usage as Members | undefined) };
  }

  /** Counts are of all until then. What is not told again stays. */
  #count({ usage, delta }: MessageEvent): void {
    this.#stopReason = delta?.stop_reason ?? this.#stopReason;
    if (usage === undefined || usage === null) return;
    this.#isComplete = true;
    this.#usage ??= {};
    for (const name in usage) {
      const value = usage[name];
      if (value !== null && value !== undefined) this.#usage[name] = value;
    }
  }

  answer(): unknown {
    const message = { ...this.#message, content: this.#content, stop_reason: this.#stopReason };
    const usage = this.#usage === undefined ? {} : { usage: this.#usage };
    if (this.#isComplete) return { ...message, ...usage };
    return estimatedAnswer(this.#start, { ...message, ...usage }, this.#written);
  }

  end(): CallEnd {
    return this.#isComplete ? {} : { isEstimated: true };
  }
}
