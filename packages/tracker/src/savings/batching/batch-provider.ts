import type { Usage } from "@ai-usage/core/usage";
import type { UsageContext } from "../../context/usage-context.ts";

export interface BatchedRequest<Request> {
  /** Names it in its batch. */
  readonly customId: string;
  readonly request: Request;
}

/** What came of one request of a batch. */
export type BatchResult<Answer> =
  | { readonly status: "succeeded"; readonly answer: Answer; readonly model?: string; readonly usage: Usage }
  | { readonly status: "failed" | "expired" | "cancelled"; readonly error: BatchRequestError };

export type BatchStatus =
  | { readonly isOver: false }
  /** `why`: what became of requests of which there is no result. */
  | { readonly isOver: true; readonly why: "failed" | "expired" | "cancelled"; readonly batch: unknown };

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** In which context a request was added: its metric is made in it. */
  readonly contextOf: (customId: string) => UsageContext | undefined;
}

/** A provider's batch API. */
export interface BatchProvider<Request, Answer> {
  readonly maxRequests: number;
  readonly maxBytes: number;
  /** A request as it is sent: its size counts. */
  lineOf(request: BatchedRequest<Request>): string;
  /** Requests of different groups do not go into one batch. */
  groupOf(request: Request): string;
  /** By how much it counts towards `maxRequests`. */
  weightOf(request: Request): number;
  /** @returns the id of the batch */
  submit(requests: readonly BatchedRequest<Request>[], signal?: AbortSignal): Promise<string>;
  status(batchId: string, signal?: AbortSignal): Promise<BatchStatus>;
  /** Reads the results of a batch that is over, and has them recorded. */
  results(
    status: Extract<BatchStatus, { isOver: true }>,
    options: ReadOptions,
  ): AsyncIterable<readonly [customId: string, result: BatchResult<Answer>]>;
}

/** A request of a batch that was not answered. It has the provider's own word for why, and no text of it. */
export class BatchRequestError extends Error {
  readonly status: "failed" | "expired" | "cancelled";
  readonly batchId: string;
  /** `invalid_request_error`, say. */
  readonly code: string | undefined;

  constructor({ status, batchId, code }: Pick<BatchRequestError, "status" | "batchId" | "code">) {
    super(`a request of batch ${batchId} ${WORDS[status]}${code === undefined ? "" : `: ${code}`}`);
    this.name = "BatchRequestError";
    this.status = status;
    this.batchId = batchId;
    this.code = code;
  }
}

const WORDS = { failed: "failed", expired: "was not answered in time", cancelled: "was cancelled" } as const;
