import type { CallEnd, MeteredCall, Recorder } from "../../recording/call.ts";
import { type Billing, bareModel, type Parameters } from "./client.ts";

interface Operation {
  readonly name?: string;
  readonly done?: boolean;
  readonly error?: { readonly code?: unknown };
  readonly response?: { readonly generatedVideos?: readonly unknown[] };
}

/** A video that is being made, and what it will cost by. */
interface Pending {
  readonly call: MeteredCall;
  readonly seconds: number;
  readonly resolution: string;
}

/** Those of which nobody asks any more are forgotten, the oldest first. */
const PENDING_MAX = 1_000;
const OPERATIONS_KNOWN_MAX = 10_000;
/** Where the request leaves it open. https://ai.google.dev/gemini-api/docs/video */
const SECONDS = 8;
const RESOLUTION = "720p";

/**
 * Videos are billed by the second once they are there, which an operation tells. Who asked for them is known from the call that
 * began it; where another process did that, neither is their length, and they are recorded without a price.
 */
export class Videos {
  readonly #billing: Billing;
  readonly #recorder: Recorder;
  readonly #pending = new Map<string, Pending>();
  readonly #known = new Set<string>();

  constructor(billing: Billing, recorder: Recorder) {
    this.#billing = billing;
    this.#recorder = recorder;
  }

  /** @param ask begins to make them */
  async begun(parameters: Parameters, ask: () => Promise<unknown>): Promise<unknown> {
    const call = this.#begin(bareModel(parameters.model));
    await call.admit();
    try {
      const operation = (await ask()) as Operation;
      if (operation.name === undefined) call.succeeded(operation, readingOf(operation));
      else remember(this.#pending, operation.name, { call, ...termsOf(parameters) });
      return operation;
    } catch (error) {
      call.failed(error);
      throw error;
    }
  }

  /** @param answer how an operation stands */
  asked(answer: unknown): void {
    const operation = answer as Operation;
    const { name, done } = operation;
    if (done !== true || name === undefined || this.#known.has(name)) return;
    if (this.#known.size >= OPERATIONS_KNOWN_MAX) this.#known.clear();
    this.#known.add(name);
    const { call, ...terms } = this.#pending.get(name) ?? { call: this.#begin(bareModel(name)) };
    this.#pending.delete(name);
    call.succeeded(operation, readingOf(operation, terms));
  }

  #begin(model: string | undefined): MeteredCall {
    const start = { ...this.#billing, operation: "generate_videos" };
    return this.#recorder.begin(model === undefined ? start : { ...start, model });
  }
}

function remember(pending: Map<string, Pending>, name: string, one: Pending): void {
  pending.set(name, one);
  const [oldest] = pending;
  if (pending.size <= PENDING_MAX || oldest === undefined) return;
  pending.delete(oldest[0]);
  oldest[1].call.dropped();
}

function termsOf({ config }: Parameters): Omit<Pending, "call"> {
  const { durationSeconds, resolution } = config ?? {};
  return {
    seconds: typeof durationSeconds === "number" ? durationSeconds : SECONDS,
    resolution: typeof resolution === "string" ? resolution : RESOLUTION,
  };
}

function readingOf(operation: Operation, terms: Partial<Omit<Pending, "call">> = {}): CallEnd {
  const { name, response, error } = operation;
  const videos = response?.generatedVideos?.length ?? 0;
  const { seconds, resolution } = terms;
  return {
    ...(name !== undefined && { requestId: name.slice(-100) }),
    reading: {
      usage: seconds === undefined ? { x_videos: videos } : { video_second: Math.round(videos * seconds) },
      ...(resolution !== undefined && { served: { resolution } }),
      ...(error !== undefined && { error: "OperationError" }),
    },
  };
}
