import { NoConnectionError } from "../errors.ts";
import { type HttpOptions, type HttpRequest, type Retry, send } from "../http.ts";

export interface AIUsageClientOptions {
  /** Output `ApiUrl` of the deployed stack, or `api_url` of a local one. */
  readonly apiUrl: string;
  readonly token: string;
  /** @default the global one */
  readonly fetch?: typeof fetch;
  /** Time that one attempt may take. @default 15000 */
  readonly timeoutMs?: number;
  /** Further attempts of requests that may be repeated. @default 3 */
  readonly retries?: number;
  /** Wait before the second attempt; it grows from there, with jitter. @default 250 */
  readonly retryDelayMs?: number;
}

/**
 * What the client's methods send their requests with. The methods stand in a file for each noun, each class on top of
 * the one before it, and `AIUsageClient` on top of all: to its users it is one flat class.
 */
export abstract class ApiMethods {
  readonly #http: HttpOptions;

  /** @throws NoConnectionError when the address or the token cannot be one */
  constructor(options: AIUsageClientOptions, retry: Retry) {
    this.#http = {
      apiUrl: httpAddress(options.apiUrl),
      token: printableToken(options.token),
      // Called as a function of its own: browsers refuse a fetch that is a method of another object.
      fetch: options.fetch ?? ((input, init) => fetch(input, init)),
      timeoutMs: options.timeoutMs ?? 15_000,
      retries: options.retries ?? 3,
      retryDelayMs: options.retryDelayMs ?? 250,
      retry,
    };
  }

  get apiUrl(): string {
    return this.#http.apiUrl;
  }

  protected ask<Answer>(path: string, query?: object): Promise<Answer> {
    return send(this.#http, { method: "GET", path, query, repeatable: true });
  }

  /** A change that is sent once: whether it was carried out is not known when no answer comes. */
  protected change<Answer>(method: HttpRequest["method"], path: string, body?: unknown): Promise<Answer> {
    return send(this.#http, { method, path, body, repeatable: false });
  }

  /** A request that does what it does however often it is sent. */
  protected repeat<Answer>(method: HttpRequest["method"], path: string, body?: unknown): Promise<Answer> {
    return send(this.#http, { method, path, body, repeatable: true });
  }
}

/** A path with what is given as segments of their own, whatever is in it. */
export function pathOf(strings: TemplateStringsArray, ...segments: readonly string[]): string {
  return strings.map((text, index) => `${text}${encodeURIComponent(segments[index] ?? "")}`).join("");
}

function httpAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && (url.protocol === "https:" || url.protocol === "http:")) return text.replace(/\/+$/, "");
  throw new NoConnectionError(
    `the address of the API must be a URL with https or http, which ${text} is not`,
  );
}

// A header that cannot be sent would be quoted, secret and all, in the error that fetch throws.
function printableToken(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new NoConnectionError(
    "the token holds spaces, line ends or characters beyond ASCII, which no token does: copy it again",
  );
}
