import type { CompleteAnswer } from "./answer.ts";
import type { ErrorBehaviour } from "./behaviour.ts";
import type { IdSource } from "./ids.ts";
import type { ReceivedRequest } from "./received-request.ts";

/** An answer as it goes out, before anything goes wrong with it. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly chunks: readonly (string | Uint8Array)[];
  /** Streams have no length in their headers. */
  readonly streamed: boolean;
  /** How this stream tells of an error after so many chunks, where that is not as the provider's other streams do. */
  readonly errorChunk?: (error: ErrorBehaviour, chunks: number) => string;
}

/** What a route answers from. */
export interface Exchange {
  readonly request: ReceivedRequest;
  readonly answer: CompleteAnswer;
  readonly ids: IdSource;
  /** Of this server, as clients reach it. */
  readonly url: string;
  /** Parts of the path that the route leaves open. */
  readonly parameters: readonly string[];
}

export type Route = (exchange: Exchange) => Reply;

/** How a provider tells that something went wrong. */
export interface ErrorShape {
  reply(error: ErrorBehaviour, ids: IdSource): Reply;
  /** The chunk of a stream that tells of an error. */
  chunk(error: ErrorBehaviour, ids: IdSource): string | Uint8Array;
}

export function jsonReply(
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
  status = 200,
): Reply {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    chunks: [JSON.stringify(body)],
    streamed: false,
  };
}

export function eventStreamReply(
  chunks: readonly string[],
  headers: Readonly<Record<string, string>>,
): Reply {
  return {
    status: 200,
    headers: { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache", ...headers },
    chunks,
    streamed: true,
  };
}

/** Thrown by a route that refuses a request, as the provider would. */
export class Refusal extends Error {
  readonly error: ErrorBehaviour;

  constructor(error: Omit<ErrorBehaviour, "kind">) {
    super(error.message);
    this.error = { kind: "error", ...error };
  }
}
