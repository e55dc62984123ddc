import { type CompleteAnswer, completeAnswer } from "../answer.ts";
import type { BatchEnd } from "../batches.ts";
import type { IdSource } from "../ids.ts";
import type { Body, ReceivedFile } from "../received-request.ts";
import { type Exchange, jsonReply, Refusal, type Reply, type Route } from "../reply.ts";
import { openAIHeaders } from "./headers.ts";

interface StoredFile {
  readonly shown: { readonly id: string; readonly filename: string; readonly purpose: string };
  readonly text: string;
}

interface StoredBatch {
  readonly input: readonly BatchLine[];
  shown: Record<string, unknown> & { readonly id: string };
  finish: ((end: BatchEnd) => void) | undefined;
}

interface BatchLine {
  readonly custom_id: string;
  readonly url: string;
  readonly body: Body;
}

/**
 * Files, and batches that stay `in_progress` until a test finishes them.
 * Source: https://developers.openai.com/api/docs/guides/batch
 */
export class FilesAndBatches {
  readonly #files = new Map<string, StoredFile>();
  readonly #batches = new Map<string, StoredBatch>();
  readonly #routes: Readonly<Record<string, Route>>;

  /** @param routes answer the requests of a batch */
  constructor(routes: Readonly<Record<string, Route>>) {
    this.#routes = routes;
  }

  readonly routes: Readonly<Record<string, Route>> = {
    "POST /v1/files": (exchange) => {
      const { file, purpose } = exchange.request.body;
      if (!isFile(file)) throw new Refusal({ status: 400, message: "'file' is a required property" });
      const text = Buffer.from(file.bytes).toString("utf8");
      const { filename } = file;
      return answered(
        exchange,
        this.#keepFile({ filename, text, purpose: String(purpose) }, exchange.ids).shown,
      );
    },
    "GET /v1/files/*": (exchange) => answered(exchange, this.#file(exchange).shown),
    "GET /v1/files/*/content": (exchange) => ({
      status: 200,
      headers: { "content-type": "application/octet-stream", ...openAIHeaders(exchange.ids) },
      chunks: [this.#file(exchange).text],
      streamed: false,
    }),
    "POST /v1/batches": (exchange) => answered(exchange, this.#createBatch(exchange).shown),
    "GET /v1/batches/*": (exchange) => answered(exchange, this.#batch(exchange).shown),
    "POST /v1/batches/*/cancel": (exchange) => {
      const batch = this.#batch(exchange);
      if (batch.finish) batch.shown = { ...batch.shown, status: "cancelled", cancelled_at: now() };
      batch.finish = undefined;
      return answered(exchange, batch.shown);
    },
  };

  finish(end: BatchEnd): void {
    for (const batch of this.#batches.values()) {
      batch.finish?.(end);
      batch.finish = undefined;
    }
  }

  #createBatch(exchange: Exchange): StoredBatch {
    const { body } = exchange.request;
    const file = this.#files.get(String(body.input_file_id));
    if (!file) throw new Refusal({ status: 400, message: "Invalid value: 'input_file_id'." });
    const input = linesOf(file.text) as BatchLine[];
    const shown = {
      id: exchange.ids.nextHex("batch_", 32),
      object: "batch",
      endpoint: body.endpoint,
      errors: null,
      input_file_id: body.input_file_id,
      completion_window: body.completion_window,
      status: "in_progress",
      output_file_id: null,
      error_file_id: null,
      created_at: now(),
      in_progress_at: now(),
      expires_at: now() + 86_400,
      request_counts: { total: input.length, completed: 0, failed: 0 },
      metadata: body.metadata ?? null,
    };
    const batch: StoredBatch = { input, shown, finish: (end) => this.#finishBatch(batch, end, exchange) };
    this.#batches.set(shown.id, batch);
    return batch;
  }

  #finishBatch(batch: StoredBatch, { failing = [], answer = {} }: BatchEnd, exchange: Exchange): void {
    const results = batch.input.map((line) => {
      const failed = failing.includes(line.custom_id);
      return { failed, result: this.#result(line, failed, { ...exchange, answer: completeAnswer(answer) }) };
    });
    const keep = (failed: boolean) =>
      this.#keepResults(
        results.filter((one) => one.failed === failed),
        exchange.ids,
      );
    batch.shown = {
      ...batch.shown,
      status: "completed",
      completed_at: now(),
      output_file_id: keep(false),
      error_file_id: keep(true),
      request_counts: {
        total: results.length,
        completed: results.filter(({ failed }) => !failed).length,
        failed: results.filter(({ failed }) => failed).length,
      },
    };
  }

  #result(line: BatchLine, failed: boolean, exchange: Exchange): object {
    const id = exchange.ids.nextHex("batch_req_", 32);
    const request_id = exchange.ids.nextHex("", 32);
    const told = { id, custom_id: line.custom_id, error: null };
    if (failed) {
      const error = {
        message: "Invalid value in the request.",
        type: "invalid_request_error",
        param: null,
        code: null,
      };
      return { ...told, response: { status_code: 400, request_id, body: { error } } };
    }
    const route = this.#routes[`POST ${line.url}`];
    if (!route) throw new Error(`no batch of ${line.url}`);
    const reply = route({ ...exchange, request: { ...exchange.request, path: line.url, body: line.body } });
    return { ...told, response: { status_code: 200, request_id, body: JSON.parse(String(reply.chunks[0])) } };
  }

  #keepResults(results: readonly { readonly result: object }[], ids: IdSource): string | null {
    if (results.length === 0) return null;
    const text = results.map(({ result }) => `${JSON.stringify(result)}\n`).join("");
    return this.#keepFile({ filename: "output.jsonl", text, purpose: "batch_output" }, ids).shown.id;
  }

  #keepFile(
    { filename, text, purpose }: { filename: string; text: string; purpose: string },
    ids: IdSource,
  ): StoredFile {
    const id = ids.next("file-", 22);
    const bytes = Buffer.byteLength(text);
    const shown = { id, object: "file", bytes, created_at: now(), filename, purpose, status: "processed" };
    this.#files.set(id, { shown, text });
    return { shown, text };
  }

  #file({ parameters: [id = ""] }: Exchange): StoredFile {
    const file = this.#files.get(id);
    if (!file) throw new Refusal({ status: 404, message: `No such File object: ${id}` });
    return file;
  }

  #batch({ parameters: [id = ""] }: Exchange): StoredBatch {
    const batch = this.#batches.get(id);
    if (!batch) throw new Refusal({ status: 404, message: `No batch found with id '${id}'.` });
    return batch;
  }
}

const now = (): number => Math.floor(Date.now() / 1_000);

const answered = ({ ids, answer }: { ids: IdSource; answer: CompleteAnswer }, body: object): Reply =>
  jsonReply(body, { ...openAIHeaders(ids), ...answer.headers });

const linesOf = (text: string): unknown[] =>
  text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line));

const isFile = (value: unknown): value is ReceivedFile =>
  typeof value === "object" && value !== null && "bytes" in value && "filename" in value;
