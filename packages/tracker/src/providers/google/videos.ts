import type { CallEnd, MeteredCall } from "../../recording/call.ts";
import type { ProviderWiring } from "../provider.ts";
import { type Billing, bareModel, type GoogleClient, type Method, type Parameters } from "./client.ts";
import { replaceMethod } from "./replace-method.ts";

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
export function watchVideos(client: GoogleClient, billing: Billing, { recorder }: ProviderWiring): void {
  const pending = new Map<string, Pending>();
  const known = new Set<string>();
  const begin = (model: string | undefined) =>
    recorder.begin({ ...billing, operation: "generate_videos", ...(model !== undefined && { model }) });

  const begun = (method: Method): Method =>
    async function (parameters) {
      const call = begin(bareModel(parameters.model));
      await call.admit();
      try {
        const operation = (await method.call(this, parameters)) as Operation;
        if (operation.name === undefined) call.succeeded(operation, readingOf(operation));
        else remember(pending, operation.name, { call, ...termsOf(parameters) });
        return operation;
      } catch (error) {
        call.failed(error);
        throw error;
      }
    };

  const asked = (method: Method): Method =>
    async function (parameters) {
      const operation = (await method.call(this, parameters)) as Operation;
      const { name, done } = operation;
      if (done !== true || name === undefined || known.has(name)) return operation;
      if (known.size >= OPERATIONS_KNOWN_MAX) known.clear();
      known.add(name);
      const { call, ...terms } = pending.get(name) ?? { call: begin(bareModel(name)) };
      pending.delete(name);
      call.succeeded(operation, readingOf(operation, terms));
      return operation;
    };

  const hasInner = "generateVideosInternal" in client.models;
  replaceMethod(client.models, hasInner ? "generateVideosInternal" : "generateVideos", begun);
  for (const name of ["get", "getVideosOperation"]) replaceMethod(client.operations, name, asked);
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
