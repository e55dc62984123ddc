import type { NormalizedUsage } from "@ai-usage/core/normalize";
import type { CallEnd, CallStart, StreamGatherer } from "../recording/call.ts";
import { estimatedInput } from "../recording/estimate.ts";
import { errorClassOf } from "../recording/metric.ts";
import { TextSize } from "../recording/text-size.ts";
import { type ModelEnd, readModelEnd } from "./ai-sdk-usage.ts";
import type { NamedProvider } from "./provider-names.ts";

interface StreamPart {
  readonly type?: string;
  readonly delta?: unknown;
  readonly error?: unknown;
  readonly usage?: unknown;
  readonly providerMetadata?: unknown;
}

/**
 * The parts of a model's stream: `response-metadata` names the answer, `finish` tells the usage. Of a stream without the latter
 * it is estimated.
 */
export class ModelStream implements StreamGatherer {
  readonly #start: CallStart;
  readonly #provider: NamedProvider;
  readonly #model: string;
  readonly #written = new TextSize();
  #response: StreamPart | undefined;
  #finish: StreamPart | undefined;
  #error: string | undefined;

  constructor(start: CallStart, provider: NamedProvider, model: string) {
    this.#start = start;
    this.#provider = provider;
    this.#model = model;
  }

  get hasBegun(): boolean {
    return this.#written.pieces > 0;
  }

  see(part: unknown): boolean {
    const told = part as StreamPart;
    if (typeof told.delta === "string") this.#written.add(told.delta);
    else if (told.type === "response-metadata") this.#response = told;
    else if (told.type === "finish") this.#finish = told;
    else if (told.type === "error") this.#error = errorClassOf(told.error);
    return true;
  }

  answer(): unknown {
    return undefined;
  }

  end(): CallEnd {
    const { usage, providerMetadata } = this.#finish ?? {};
    const read = this.#read({ usage, providerMetadata, response: this.#response });
    const reading = this.#error === undefined ? read : { ...read, error: this.#error };
    if (this.#isTold(read)) return { reading };
    return { reading: { ...reading, usage: this.#estimated() }, isEstimated: true };
  }

  /** What ended well before it said anything used nothing that could be counted; what was left before had its prompt read. */
  #isTold({ usage }: NormalizedUsage): boolean {
    const saidNothing = this.#written.pieces === 0 && (this.#finish ?? this.#error) !== undefined;
    return Object.keys(usage).length > 0 || saidNothing;
  }

  #read(end: ModelEnd): NormalizedUsage {
    return readModelEnd(end, this.#provider, this.#model);
  }

  #estimated(): NormalizedUsage["usage"] {
    const { format } = this.#provider;
    const input = estimatedInput({ ...this.#start, ...(format !== undefined && { format }) });
    return { input, output: Math.max(this.#written.pieces, this.#written.tokens()) };
  }
}
