import type { StreamGatherer } from "../../recording/call.ts";

interface Chunk {
  readonly responseId?: string;
  readonly modelVersion?: string;
  readonly usageMetadata?: unknown;
  readonly promptFeedback?: unknown;
  readonly candidates?: readonly { readonly groundingMetadata?: unknown }[];
}

/**
 * The chunks of a generated content. Each tells the usage until then, so that of the last one is that of the whole; what was
 * searched for is told in whichever chunk it belongs to. No text is kept.
 *
 * https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
 */
export class ContentStream implements StreamGatherer {
  #last: Chunk = {};
  #usage: unknown;
  #feedback: unknown;
  readonly #grounded: object[] = [];

  see(part: unknown): boolean {
    const chunk = part as Chunk;
    this.#last = chunk;
    this.#usage = chunk.usageMetadata ?? this.#usage;
    this.#feedback = chunk.promptFeedback ?? this.#feedback;
    for (const { groundingMetadata } of chunk.candidates ?? [])
      if (groundingMetadata) this.#grounded.push({ groundingMetadata });
    return true;
  }

  answer(): unknown {
    const { responseId, modelVersion } = this.#last;
    return {
      responseId,
      modelVersion,
      usageMetadata: this.#usage,
      promptFeedback: this.#feedback,
      candidates: this.#grounded,
    };
  }
}
