import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer } from "./answer.ts";
import { anthropicApi } from "./anthropic/api.ts";
import type { BatchEnd } from "./batches.ts";
import { bedrockApi } from "./bedrock/api.ts";
import type { Behaviour } from "./behaviour.ts";
import { deliver } from "./delivery.ts";
import { Gate } from "./gate.ts";
import { geminiApi } from "./gemini/api.ts";
import { Ids } from "./ids.ts";
import { type Listener, listen } from "./listener.ts";
import { openAIApi } from "./openai/api.ts";
import { placesApi } from "./places/api.ts";
import { Router } from "./provider-api.ts";
import { type ReceivedRequest, receiveRequest } from "./received-request.ts";
import { replyTo } from "./reply-to.ts";

export interface ProviderServerOptions {
  /** @default any free one */
  readonly port?: number;
}

/**
 * Answers on 127.0.0.1 as the APIs of OpenAI, Anthropic, Gemini, Bedrock and Google Places do, so that their own SDKs
 * work against it. A test says what becomes of the next requests; what it says nothing of is answered with a greeting.
 */
export async function startProviderServer({ port = 0 }: ProviderServerOptions = {}): Promise<ProviderServer> {
  const server = new ProviderServer();
  await server.start(port);
  return server;
}

export class ProviderServer {
  /** All that arrived, oldest first. */
  readonly requests: ReceivedRequest[] = [];
  readonly #gate = new Gate();
  readonly #ids = new Ids();
  readonly #apis = [openAIApi(), anthropicApi(), placesApi(), geminiApi(), bedrockApi()];
  readonly #router = new Router(this.#apis);
  #listener: Listener | undefined;
  #queue: Behaviour[] = [];
  #otherwise: Behaviour = { kind: "answer" };
  #watchers: (() => void)[] = [];

  async start(port: number): Promise<void> {
    this.#listener = await listen(port, (incoming, response) => void this.#handle(incoming, response));
  }

  /** Base URL for Anthropic, Gemini, Bedrock and Places: `http://127.0.0.1:49152`. */
  get url(): string {
    if (!this.#listener) throw new Error("the server was not started");
    return this.#listener.url;
  }

  /** Base URL for OpenAI's SDKs. */
  get openAIUrl(): string {
    return `${this.url}/v1`;
  }

  /** What becomes of the next requests, in the order in which they arrive, retries among them. */
  next(...behaviours: readonly Behaviour[]): void {
    this.#queue.push(...behaviours);
  }

  /** The next request is answered so. */
  nextAnswer(answer: Answer): void {
    this.next({ kind: "answer", ...answer });
  }

  /** What becomes of requests of which `next()` said nothing. */
  always(behaviour: Behaviour): void {
    this.#otherwise = behaviour;
  }

  /** Lets so many chunks of slow answers go, now or when they come to wait; `Infinity`: all, until `reset()`. */
  release(chunks = 1): void {
    this.#gate.release(chunks);
  }

  /** How many slow answers wait for a `release()` now. */
  get waiting(): number {
    return this.#gate.waiting;
  }

  /** Settled when so many requests in all have arrived. */
  async arrived(count: number): Promise<void> {
    while (this.requests.length < count) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }

  /** Batches of OpenAI and Anthropic run until they are told to finish. */
  finishBatches(end: BatchEnd = {}): void {
    for (const api of this.#apis) api.finishBatches?.(end);
  }

  /** Forgets requests, behaviours and releases; batches and files stay. */
  reset(): void {
    this.requests.length = 0;
    this.#queue = [];
    this.#otherwise = { kind: "answer" };
    this.#gate.close();
  }

  /** Breaks what is under way. */
  async close(): Promise<void> {
    await this.#listener?.close();
  }

  async #handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = await receiveRequest(incoming, response);
    if (!received) return;
    const { request, onCut } = received;
    const behaviour = this.#queue.shift() ?? this.#otherwise;
    const reply = replyTo({ request, behaviour, router: this.#router, ids: this.#ids, url: this.url });
    this.requests.push(request);
    for (const watcher of this.#watchers.splice(0)) watcher();
    await deliver({ reply, behaviour, response, gate: this.#gate, closed: request.ended, onCut });
  }
}
