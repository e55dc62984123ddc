import { watchedReadable } from "../providers/watch-parts.ts";
import type { CallStart, MeteredCall } from "../recording/call.ts";
import type { Tracker } from "../tracker.ts";
import { ModelStream } from "./ai-sdk-stream.ts";
import { type ModelEnd, readModelEnd } from "./ai-sdk-usage.ts";
import { type NamedProvider, namedProvider } from "./provider-names.ts";

/** A model of the AI SDK, as far as it is looked at. */
interface Model {
  /** `openai.responses`, `anthropic.messages`. */
  readonly provider: string;
  readonly modelId: string;
}

interface Generating<Result> {
  readonly doGenerate: () => PromiseLike<Result>;
  readonly params: { readonly prompt?: unknown };
  readonly model: Model;
}

interface Streaming<Result> {
  readonly doStream: () => PromiseLike<Result>;
  readonly params: { readonly prompt?: unknown };
  readonly model: Model;
}

interface Embedding<Result> {
  readonly doEmbed: () => PromiseLike<Result>;
  readonly model: Model;
}

/** For `wrapLanguageModel` of `ai`, versions 5 and 6. */
export interface UsageMiddleware {
  readonly specificationVersion: "v3";
  wrapGenerate<Result extends object>(options: Generating<Result>): Promise<Result>;
  wrapStream<Result extends { stream: ReadableStream<unknown> }>(options: Streaming<Result>): Promise<Result>;
}

/** For `wrapEmbeddingModel` of `ai`, version 6. */
export interface UsageEmbeddingMiddleware {
  readonly specificationVersion: "v3";
  wrapEmbed<Result extends object>(options: Embedding<Result>): Promise<Result>;
}

/**
 * Records the calls of a language model of the Vercel AI SDK:
 * `wrapLanguageModel({ model: openai("gpt-4o"), middleware: usageMiddleware(tracker) })`. Each step of a call with tools is a
 * call of its own, and so is each attempt. The AI SDK does not use the providers' SDKs, so nothing counts twice where those
 * are wrapped too. Budgets admit or refuse here; they do not change a call.
 */
export function usageMiddleware(tracker: Tracker): UsageMiddleware {
  return {
    specificationVersion: "v3",
    async wrapGenerate({ doGenerate, params, model }) {
      const { call, provider } = await begun(tracker, model, params.prompt);
      const result = await made(call, doGenerate);
      call.succeeded(undefined, { reading: readModelEnd(result as ModelEnd, provider, model.modelId) });
      return result;
    },
    async wrapStream({ doStream, params, model }) {
      const { call, provider, start } = await begun(tracker, model, params.prompt);
      const result = await made(call, doStream);
      const parts = new ModelStream(start, provider, model.modelId);
      return { ...result, stream: watchedReadable(result.stream, call, parts) };
    },
  };
}

/** Records the calls of an embedding model of the Vercel AI SDK. */
export function usageEmbeddingMiddleware(tracker: Tracker): UsageEmbeddingMiddleware {
  return {
    specificationVersion: "v3",
    async wrapEmbed({ doEmbed, model }) {
      const { call, provider } = await begun(tracker, model, undefined, "embeddings");
      const result = await made(call, doEmbed);
      const tokens = (result as { readonly usage?: { readonly tokens?: number } }).usage?.tokens;
      const { service } = provider;
      const usage = tokens === undefined ? {} : { input: tokens };
      call.succeeded(undefined, { reading: { service, model: model.modelId, usage } });
      return result;
    },
  };
}

interface Begun {
  readonly call: MeteredCall;
  readonly start: CallStart;
  readonly provider: NamedProvider;
}

async function begun(tracker: Tracker, model: Model, prompt: unknown, operation?: string): Promise<Begun> {
  const provider = namedProvider(model.provider);
  const start: CallStart = {
    service: provider.service,
    operation: operation ?? provider.operation,
    model: model.modelId,
    request: { model: model.modelId, messages: prompt },
  };
  const call = tracker.recorder.begin(start);
  await call.admit();
  return { call, start, provider };
}

async function made<Result>(call: MeteredCall, make: () => PromiseLike<Result>): Promise<Result> {
  try {
    return await make();
  } catch (error) {
    call.failed(error);
    throw error;
  }
}
