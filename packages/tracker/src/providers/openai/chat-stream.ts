import type { CallEnd, CallStart, StreamGatherer } from "../../recording/call.ts";
import { estimatedAnswer } from "../../recording/estimate.ts";
import { TextSize } from "../../recording/text-size.ts";

interface Chunk {
  readonly id?: unknown;
  readonly model?: unknown;
  readonly service_tier?: unknown;
  readonly choices?: readonly Choice[];
  usage?: unknown;
  readonly x_groq?: { readonly usage?: unknown };
}

interface Choice {
  readonly delta?: Delta;
  /** Of the older completions. */
  readonly text?: unknown;
}

interface Delta {
  readonly content?: unknown;
  readonly refusal?: unknown;
  readonly reasoning?: unknown;
  readonly reasoning_content?: unknown;
  readonly tool_calls?: readonly {
    readonly function?: { readonly name?: unknown; readonly arguments?: unknown };
  }[];
}

/**
 * A chat completion's chunks. Where the usage was asked for, it comes with one more of them at the end, without choices, and
 * all others have an empty one; a caller who did not ask sees neither.
 *
 * https://developers.openai.com/api/docs/api-reference/chat/create (`stream_options`)
 */
export class ChatStream implements StreamGatherer {
  readonly #start: CallStart;
  readonly #hidesUsage: boolean;
  readonly #written = new TextSize();
  #first: Chunk | undefined;
  /** The last that told a usage: providers that tell it again and again add it up. */
  #told: Chunk | undefined;

  constructor(start: CallStart, hidesUsage: boolean) {
    this.#start = start;
    this.#hidesUsage = hidesUsage;
  }

  get hasBegun(): boolean {
    return this.#written.pieces > 0;
  }

  see(part: unknown): boolean {
    const chunk = part as Chunk | null;
    if (typeof chunk !== "object" || chunk === null) return true;
    const { choices, usage } = chunk;
    this.#first ??= priced(chunk);
    if (choices?.length) this.#measure(choices);
    if (usage || chunk.x_groq?.usage) this.#told = chunk;
    if (!this.#hidesUsage) return true;
    if (usage === null) delete chunk.usage;
    return !(usage && choices?.length === 0);
  }

  #measure(choices: readonly Choice[]): void {
    for (const { delta, text } of choices) {
      if (delta === undefined || delta === null) {
        this.#written.add(text);
        continue;
      }
      this.#written.add(delta.content);
      this.#written.add(delta.reasoning_content ?? delta.reasoning);
      this.#written.add(delta.refusal);
      for (const { function: called } of delta.tool_calls ?? []) {
        this.#written.add(called?.name);
        this.#written.add(called?.arguments);
      }
    }
  }

  answer(): unknown {
    if (this.#told !== undefined) return this.#told;
    return estimatedAnswer(this.#start, { ...this.#first }, this.#written);
  }

  end(): CallEnd {
    return this.#told === undefined ? { isEstimated: true } : {};
  }
}

function priced({ id, model, service_tier }: Chunk): Chunk {
  return { id, model, service_tier };
}
