import type { Answer } from "./answer.ts";

export interface ErrorBehaviour {
  readonly kind: "error";
  readonly status: number;
  /** In the provider's own vocabulary. @default what the provider says with this status */
  readonly type?: string;
  readonly code?: string | null;
  readonly message?: string;
  readonly retryAfterSeconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * What becomes of one request.
 *
 * - `answer`: it is answered.
 * - `error`: it is refused with a status, in the shape of the provider that was asked.
 * - `slow`: it is answered, but each chunk after the first `free` ones waits for a `release()` of the test. Headers go
 *   out at once; an answer that is not streamed is one chunk.
 * - `cut`: the connection breaks: before anything was sent, in the middle of the body's bytes, or after so many chunks.
 *   What was sent may be lost to a client that has not read it yet; `held` waits with the break for a `release()`.
 * - `stream_error`: a stream that began well tells of an error after so many chunks, in the provider's shape.
 * - `silence`: nothing is ever answered.
 */
export type Behaviour =
  | ({ readonly kind: "answer" } & Answer)
  | ErrorBehaviour
  | ({ readonly kind: "slow"; readonly free?: number } & Answer)
  | ({ readonly kind: "cut"; readonly at: CutPlace; readonly held?: boolean } & Answer)
  | ({
      readonly kind: "stream_error";
      readonly afterChunks: number;
      readonly error?: Omit<ErrorBehaviour, "kind">;
    } & Answer)
  | { readonly kind: "silence" };

export type CutPlace = "before_headers" | "in_body" | { readonly chunk: number };
