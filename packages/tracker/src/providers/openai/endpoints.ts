import type { CallFormat, CallStart, CallTerms, StreamGatherer } from "../../recording/call.ts";
import type { ProviderWiring } from "../provider.ts";
import { ASKED, type RequestOptions, type StainlessClient } from "../stainless/api-promise.ts";
import type { BillableRequest, Endpoints, Inquiry } from "../stainless/endpoints.ts";
import { BackgroundResponses } from "./background.ts";
import { ChatStream } from "./chat-stream.ts";
import { EventStream } from "./event-stream.ts";
import {
  OPENAI_CHAT,
  OPENAI_EMBEDDINGS,
  OPENAI_IMAGES,
  OPENAI_RESPONSES,
  OPENAI_SPEECH,
  OPENAI_TRANSCRIPTION,
} from "./formats.ts";
import { ResponseStream } from "./response-stream.ts";
import { serviceOf } from "./service.ts";
import { StreamUsage } from "./stream-usage.ts";
import { withTerms } from "./terms.ts";
import { readTranscription } from "./transcription.ts";

interface Endpoint {
  readonly operation: string;
  readonly format: CallFormat;
}

/** https://developers.openai.com/api/docs/api-reference: what costs something. Moderations do not. */
const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map([
  ["/chat/completions", { operation: "chat.completions", format: OPENAI_CHAT }],
  ["/completions", { operation: "completions", format: OPENAI_CHAT }],
  ["/responses", { operation: "responses", format: OPENAI_RESPONSES }],
  ["/responses/compact", { operation: "responses.compact", format: OPENAI_RESPONSES }],
  ["/embeddings", { operation: "embeddings", format: OPENAI_EMBEDDINGS }],
  ["/images/generations", { operation: "images.generate", format: OPENAI_IMAGES }],
  ["/images/edits", { operation: "images.edit", format: OPENAI_IMAGES }],
  ["/images/variations", { operation: "images.create_variation", format: OPENAI_IMAGES }],
  ["/audio/speech", { operation: "audio.speech", format: OPENAI_SPEECH }],
  ["/audio/transcriptions", { operation: "audio.transcriptions", format: OPENAI_TRANSCRIPTION }],
  ["/audio/translations", { operation: "audio.translations", format: OPENAI_TRANSCRIPTION }],
]);

type Body = Readonly<Record<string, unknown>>;

const RESPONSE_PATH = /^\/responses\/[^/]+(\/cancel)?$/;

export class OpenAIEndpoints implements Endpoints {
  readonly #service: string;
  readonly #streamUsage: StreamUsage;
  readonly #background: BackgroundResponses;

  constructor(client: StainlessClient, wiring: ProviderWiring) {
    this.#service = wiring.service ?? serviceOf(client);
    this.#streamUsage = new StreamUsage(wiring.streamUsage);
    this.#background = BackgroundResponses.of(wiring.recorder);
  }

  find(options: RequestOptions): BillableRequest | Inquiry | undefined {
    const path = pathOf(options);
    const endpoint = options.method === "post" ? ENDPOINTS.get(path) : undefined;
    if (endpoint === undefined) return RESPONSE_PATH.test(path) ? this.#inquiry(options) : undefined;
    const body = askedBy(options);
    const start: CallStart = { service: this.#service, ...endpoint, request: body };
    return this.#billable(path, start, body);
  }

  #billable(path: string, start: CallStart, body: Body): BillableRequest {
    switch (start.format) {
      case OPENAI_CHAT:
        return this.#chat(path, start, body);
      case OPENAI_RESPONSES:
        return {
          start,
          gatherer: body.stream === true ? () => new ResponseStream(start) : undefined,
          prepare: (sent, terms) => adapted(path, start, sent, terms),
          keep: body.background === true ? (answer, call) => this.#background.keep(answer, call) : undefined,
        };
      case OPENAI_TRANSCRIPTION:
        return { start, gatherer: eventsOf(body), read: readTranscription };
      case OPENAI_SPEECH:
        return { start, gatherer: body.stream_format === "sse" ? () => new EventStream() : undefined };
      default:
        return {
          start,
          gatherer: eventsOf(body),
          prepare: (sent, terms) => adapted(path, start, sent, terms),
        };
    }
  }

  #chat(path: string, start: CallStart, body: Body): BillableRequest {
    const usage = this.#streamUsage;
    let asks = usage.isWanted(body, start.service);
    return {
      start,
      gatherer: body.stream === true ? () => new ChatStream(start, asks) : undefined,
      prepare(sent, terms, isRaw) {
        if (isRaw) asks = false;
        const fitting = adapted(path, start, sent, terms);
        return asks ? usage.asking(fitting as Body) : fitting;
      },
      isOfOurs(refusal) {
        if (!asks || !usage.refusedBy(refusal)) return false;
        asks = false;
        return true;
      },
    };
  }

  /** How a response stands that is made in the background. */
  #inquiry({ stream }: RequestOptions): Inquiry {
    const start: CallStart = { service: this.#service, operation: "responses", format: OPENAI_RESPONSES };
    return {
      gatherer: stream === true ? () => new ResponseStream(start) : undefined,
      tell: (answer) => this.#background.tell(answer, this.#service),
    };
  }
}

function eventsOf({ stream }: Body): (() => StreamGatherer) | undefined {
  return stream === true ? () => new EventStream() : undefined;
}

function pathOf({ path = "" }: RequestOptions): string {
  const query = path.indexOf("?");
  return query === -1 ? path : path.slice(0, query);
}

/** Forms that were made by the caller tell no more than that they were sent. */
function askedBy({ body, [ASKED]: asked }: RequestOptions): Body {
  const request = asked ?? body;
  return isPlain(request) ? request : {};
}

function adapted(path: string, { service }: CallStart, sent: unknown, terms: CallTerms): unknown {
  return isPlain(sent) ? withTerms(path, service, sent, terms) : sent;
}

/** No form, no stream, no bytes. */
function isPlain(value: unknown): value is Body {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || "model" in value;
}
