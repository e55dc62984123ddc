import type { CallStart } from "../../recording/call.ts";
import type { RequestOptions } from "../stainless/api-promise.ts";
import type { BillableRequest, Endpoints, Inquiry } from "../stainless/endpoints.ts";
import type { MessageBatches } from "./batches.ts";
import { ANTHROPIC_MESSAGES } from "./formats.ts";
import { MessageStream } from "./message-stream.ts";
import { withTerms } from "./terms.ts";

/** https://platform.claude.com/docs/en/api/overview: what costs something. Counting tokens does not. */
const OPERATIONS: ReadonlyMap<string, string> = new Map([
  ["/v1/messages", "messages"],
  ["/v1/complete", "complete"],
]);

const BATCH_PATH = /^\/v1\/messages\/batches\/[^/]+$/;

type Body = Readonly<Record<string, unknown>>;

export class AnthropicEndpoints implements Endpoints {
  readonly #service: string;
  readonly #batches: MessageBatches;

  constructor(service: string, batches: MessageBatches) {
    this.#service = service;
    this.#batches = batches;
  }

  find({ method, path = "", body }: RequestOptions): BillableRequest | Inquiry | undefined {
    const query = path.indexOf("?");
    const place = query === -1 ? path : path.slice(0, query);
    if (method === "get" && BATCH_PATH.test(place)) return { tell: (batch) => this.#batches.ended(batch) };
    const operation = method === "post" ? OPERATIONS.get(place) : undefined;
    if (operation === undefined) return undefined;
    const start: CallStart = {
      service: this.#service,
      operation,
      format: ANTHROPIC_MESSAGES,
      request: body,
    };
    return {
      start,
      gatherer: isStreamed(body) ? () => new MessageStream(start) : undefined,
      prepare: (sent, terms) => (isObject(sent) ? withTerms(sent, terms) : sent),
    };
  }
}

const isStreamed = (body: unknown): boolean => isObject(body) && body.stream === true;

const isObject = (value: unknown): value is Body => typeof value === "object" && value !== null;
