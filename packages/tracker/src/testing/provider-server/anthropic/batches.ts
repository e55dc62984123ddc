import type Anthropic from "@anthropic-ai/sdk";
import { completeAnswer } from "../answer.ts";
import type { BatchEnd } from "../batches.ts";
import type { Body } from "../received-request.ts";
import { type Exchange, jsonReply, Refusal, type Reply, type Route } from "../reply.ts";
import { anthropicHeaders } from "./headers.ts";
import { messageOf } from "./messages.ts";

interface StoredBatch {
  readonly requests: readonly BatchedRequest[];
  shown: Anthropic.Messages.MessageBatch;
  results: string;
  finish: ((end: BatchEnd) => void) | undefined;
}

interface BatchedRequest {
  readonly custom_id: string;
  readonly params: Body;
}

/**
 * Batches of messages that stay `in_progress` until a test finishes them.
 * Source: https://platform.claude.com/docs/en/api/messages/batches/results
 */
export class MessageBatches {
  readonly #batches = new Map<string, StoredBatch>();

  readonly routes: Readonly<Record<string, Route>> = {
    "POST /v1/messages/batches": (exchange) => answered(exchange, this.#create(exchange).shown),
    "GET /v1/messages/batches/*": (exchange) => answered(exchange, this.#find(exchange).shown),
    "GET /v1/messages/batches/*/results": (exchange) => ({
      status: 200,
      headers: { "content-type": "application/x-jsonl", ...anthropicHeaders(exchange.ids) },
      chunks: [this.#find(exchange).results],
      streamed: false,
    }),
  };

  finish(end: BatchEnd): void {
    for (const batch of this.#batches.values()) {
      batch.finish?.(end);
      batch.finish = undefined;
    }
  }

  #create(exchange: Exchange): StoredBatch {
    const requests = exchange.request.body.requests as readonly BatchedRequest[];
    const batch: StoredBatch = {
      requests,
      shown: newBatch(exchange.ids.next("msgbatch_01", 22), requests.length),
      results: "",
      finish: (end) => finishBatch(batch, end, exchange),
    };
    this.#batches.set(batch.shown.id, batch);
    return batch;
  }

  #find({ parameters: [id = ""] }: Exchange): StoredBatch {
    const batch = this.#batches.get(id);
    if (!batch) throw new Refusal({ status: 404, message: `Batch ${id} not found` });
    return batch;
  }
}

function newBatch(id: string, processing: number): Anthropic.Messages.MessageBatch {
  const createdAt = Date.now();
  return {
    id,
    type: "message_batch",
    processing_status: "in_progress",
    request_counts: { processing, succeeded: 0, errored: 0, canceled: 0, expired: 0 },
    created_at: new Date(createdAt).toISOString(),
    expires_at: new Date(createdAt + 86_400_000).toISOString(),
    ended_at: null,
    archived_at: null,
    cancel_initiated_at: null,
    results_url: null,
  };
}

function finishBatch(batch: StoredBatch, { failing = [], answer = {} }: BatchEnd, exchange: Exchange): void {
  const results = batch.requests.map(({ custom_id, params }) => {
    if (failing.includes(custom_id)) return { custom_id, result: { type: "errored", error: erroredBody } };
    const request = { ...exchange.request, body: params };
    const message = messageOf({
      ...exchange,
      request,
      answer: completeAnswer({ serviceTier: "batch", ...answer }),
    });
    return { custom_id, result: { type: "succeeded", message } };
  });
  const errored = results.filter(({ result }) => result.type === "errored").length;
  batch.results = results.map((result) => `${JSON.stringify(result)}\n`).join("");
  batch.shown = {
    ...batch.shown,
    processing_status: "ended",
    ended_at: new Date().toISOString(),
    request_counts: { processing: 0, succeeded: results.length - errored, errored, canceled: 0, expired: 0 },
    results_url: `${exchange.url}/v1/messages/batches/${batch.shown.id}/results`,
  };
}

const erroredBody = {
  type: "error",
  error: { type: "invalid_request_error", message: "max_tokens: Field required" },
  request_id: null,
};

const answered = ({ ids, answer }: Exchange, body: object): Reply =>
  jsonReply(body, { ...anthropicHeaders(ids), ...answer.headers });
