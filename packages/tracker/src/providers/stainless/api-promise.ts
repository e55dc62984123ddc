/**
 * What the SDKs of OpenAI and Anthropic (made by one generator) have in common, as far as calls are watched. Every request goes
 * through `makeRequest` of the client, each further try through `retryRequest`; what becomes of it is read by the
 * `parseResponse` of the `APIPromise` that `request` answers with, whatever callers do with that promise (`await`,
 * `withResponse()`, helpers that unwrap it). In version 7 of `openai` it is `parseResponseWithTimeout` of the client.
 *
 * https://github.com/openai/openai-node/blob/v7.57.0/src/client.ts
 * https://github.com/openai/openai-node/blob/v6.49.0/src/core/api-promise.ts
 * https://github.com/openai/openai-node/blob/v4.104.0/src/core.ts
 */
export interface StainlessClient {
  makeRequest: MakeRequest;
  retryRequest: RetryRequest;
  request(...parameters: unknown[]): unknown;
  parseResponseWithTimeout?(client: unknown, props: ResponseProps): Promise<unknown>;
  /** Where version 7 makes its promises, those that unwrap others too. */
  responsePromise?(made: Promise<ResponseProps>, ...more: unknown[]): unknown;
  withOptions?(options: object): object;
  readonly baseURL?: unknown;
  readonly timeout?: unknown;
}

export type MakeRequest = (
  this: StainlessClient,
  options: RequestOptions | Promise<RequestOptions>,
  /** Not told for the first try. */
  retriesRemaining?: number | null,
  ...more: unknown[]
) => Promise<ResponseProps>;

type RetryRequest = (
  this: StainlessClient,
  options: RequestOptions,
  ...more: unknown[]
) => Promise<ResponseProps>;

/** The request that an options object belongs to. SDKs copy options with all that they hold. */
export const WATCHED: unique symbol = Symbol("ai-usage.request");
/** What was asked, where the body is a form by the time that it is sent. */
export const ASKED: unique symbol = Symbol("ai-usage.asked");

export interface RequestOptions {
  readonly method?: string;
  readonly path?: string;
  readonly body?: unknown;
  readonly stream?: boolean;
  readonly timeout?: number;
  readonly signal?: AbortSignal | null;
  /** The answer is handed over as it is. */
  readonly __binaryResponse?: boolean;
  /** Which one it is, is for those who put it there to know. */
  readonly [WATCHED]?: object;
  readonly [ASKED]?: unknown;
}

export interface ApiPromise {
  responsePromise: Promise<ResponseProps>;
  /** Version 4 has one parameter, the later ones the client before it. */
  parseResponse: (...parameters: unknown[]) => unknown;
  asResponse(): Promise<Response>;
  /** Makes another one of the same request. */
  _thenUnwrap?(...parameters: unknown[]): unknown;
  /** Is there as soon as somebody waits for the answer. */
  parsedPromise?: unknown;
}

export interface ResponseProps {
  response: Response;
  readonly options: RequestOptions;
}

export function isApiPromise(value: unknown): value is ApiPromise {
  return (
    typeof value === "object" &&
    value !== null &&
    "responsePromise" in value &&
    "parseResponse" in value &&
    typeof value.parseResponse === "function"
  );
}
