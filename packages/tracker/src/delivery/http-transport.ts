import type { Agent } from "node:http";
import { clockAheadOf } from "./clock-correction.ts";
import { exchange, type HttpAnswer, type HttpExchange, httpModule } from "./http-exchange.ts";
import { failureOf, ingestBody, ingestOutcomes, problemOf, type Stored } from "./ingest-answer.ts";
import { type Transport, TransportError } from "./transport.ts";

export interface HttpTransportOptions {
  /** Output `ApiUrl` of the deployed stack, or `api_url` of a local one. */
  readonly apiUrl: string;
  /** One with the role `ingest`. */
  readonly token: string;
  /** For each batch, until the answer is read. @default 10000 */
  readonly timeoutMs?: number;
  /** What the lines are. @default "metrics" */
  readonly stored?: Stored;
  /** For a proxy, say. It must be of the address's protocol. @default one that keeps its connection */
  readonly agent?: Agent;
}

const PATHS = { metrics: "/ai_usage", outcomes: "/outcomes" } as const satisfies Record<Stored, string>;
/** What fits into a packet anyway is sent as it is. */
const GZIP_BYTES_MIN = 1_000;

/**
 * Sends metrics to `POST /ai_usage`, or outcomes to `POST /outcomes`, compressed unless the other side will not have it.
 * @throws TypeError when the address or the token cannot be one
 */
export function httpTransport(options: HttpTransportOptions): Transport {
  return new HttpTransport(options);
}

class HttpTransport implements Transport {
  readonly name: string;
  readonly destination: string;
  readonly #token: string;
  readonly #stored: Stored;
  readonly #timeoutMs: number;
  #agent: Agent | undefined;
  #takesGzip: "unknown" | "yes" | "no" = "unknown";

  constructor({ apiUrl, token, timeoutMs = 10_000, agent, stored = "metrics" }: HttpTransportOptions) {
    this.#stored = stored;
    this.name = stored === "metrics" ? "http" : `http-${stored}`;
    this.destination = httpAddress(apiUrl);
    this.#token = printableToken(token);
    this.#timeoutMs = timeoutMs;
    this.#agent = agent;
  }

  /** Any answer tells the time; this one is about nothing, costs nobody anything, and opens the connection. */
  async clockAheadMs(): Promise<number | undefined> {
    return (await this.#exchange({ path: "/", method: "HEAD" })).clockAheadMs;
  }

  async send(lines: readonly string[]) {
    const body = ingestBody(lines, this.#stored);
    const isGzip = this.#takesGzip !== "no" && body.length >= GZIP_BYTES_MIN;
    const answer = await this.#post(body, isGzip);
    if (isGzip && this.#blamesGzip(answer)) {
      const plain = await this.#post(body, false);
      if (isTaken(plain)) this.#takesGzip = "no";
      return receiptOf(plain);
    }
    if (isGzip && isTaken(answer)) this.#takesGzip = "yes";
    return receiptOf(answer);
  }

  async close(): Promise<void> {
    this.#agent?.destroy();
  }

  #blamesGzip({ status }: Answer): boolean {
    return status === 415 || (status === 400 && this.#takesGzip === "unknown");
  }

  async #post(body: string, isGzip: boolean): Promise<Answer> {
    return this.#exchange({
      path: PATHS[this.#stored],
      method: "POST",
      body: isGzip ? await compressed(body) : body,
      headers: {
        authorization: `Bearer ${this.#token}`,
        "content-type": "application/json",
        ...(isGzip && { "content-encoding": "gzip" }),
      },
    });
  }

  async #exchange({
    path,
    ...request
  }: Pick<HttpExchange, "method" | "body" | "headers"> & { path: string }): Promise<Answer> {
    const sentAt = Date.now();
    const url = `${this.destination}${path}`;
    try {
      this.#agent ??= new (await httpModule(url)).Agent({ keepAlive: true });
      const answer = await exchange({ ...request, url, agent: this.#agent, timeoutMs: this.#timeoutMs });
      return { ...answer, clockAheadMs: clockAheadOf(answer.headers.date, (sentAt + Date.now()) / 2) };
    } catch (error) {
      const message = `${this.destination} cannot be reached: ${reasonOf(error)}`;
      throw new TransportError(message, { reason: "unavailable", cause: error });
    }
  }
}

/** Loaded when there is something to send, as `node:http` is. */
async function compressed(text: string): Promise<Buffer> {
  const { constants, gzip } = await import("node:zlib");
  return new Promise((resolve, reject) => {
    gzip(text, { level: constants.Z_BEST_SPEED }, (error, bytes) => (error ? reject(error) : resolve(bytes)));
  });
}

interface Answer extends HttpAnswer {
  readonly clockAheadMs: number | undefined;
}

const isTaken = ({ status }: Answer): boolean => status === 200 || status === 207;

/** @throws TransportError when the batch was not taken */
function receiptOf(answer: Answer) {
  const { status, headers, text, clockAheadMs } = answer;
  const body = parsed(text);
  if (isTaken(answer)) {
    return { outcomes: ingestOutcomes(body), ...(clockAheadMs !== undefined && { clockAheadMs }) };
  }
  const problem = problemOf(body);
  const retryAfterMs = retryAfter(headers["retry-after"]);
  throw new TransportError(problem?.detail ?? describe(status), {
    reason: failureOf(status, problem !== undefined),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

function describe(status: number): string {
  if (status === 401 || status === 403) return "the token was not accepted: it is wrong, expired or revoked";
  return `the answer was ${status}`;
}

function retryAfter(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return ms > 0 ? ms : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Several addresses tried and failed come as one error with a code and no message.
  return error.message || ("code" in error ? String(error.code) : error.name);
}

function httpAddress(text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text.replace(/\/+$/, "");
  throw new TypeError(`the address of the API must be a URL with https or http, which ${text} is not`);
}

// A header that cannot be sent would be quoted, secret and all, in the error that fetch throws.
function printableToken(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new TypeError("the token holds spaces, line ends or characters beyond ASCII, which no token does");
}
