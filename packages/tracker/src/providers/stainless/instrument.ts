import { Loaded } from "../loaded.ts";
import type { ProviderWiring } from "../provider.ts";
import {
  type ApiPromise,
  isApiPromise,
  type MakeRequest,
  type RequestOptions,
  type ResponseProps,
  type StainlessClient,
  WATCHED,
} from "./api-promise.ts";
import { type Asked, asking, isSent, takingWatch } from "./asked.ts";
import type { Endpoints, Inquiry } from "./endpoints.ts";
import { watchInquiry } from "./inquiry.ts";
import { WatchedRequest } from "./watched-request.ts";

/** On the client itself: a proxy in front of it is no other client, nor is the package loaded twice another one. */
const INSTRUMENTED = Symbol.for("@ai-usage/tracker.instrumented.1");

const inquiries = new WeakMap<ResponseProps, Inquiry>();
const watchTaking = takingWatch((props) => watchedIn(props.options)?.taken(props));

type Send = (options: RequestOptions) => Promise<ResponseProps>;

export interface StainlessProvider {
  endpoints(client: StainlessClient): Promise<Endpoints>;
  /** What else its clients need. */
  extend(client: StainlessClient): void;
}

/**
 * Makes a client, and all that are made of it, tell of their billable requests. Doing it again changes nothing.
 *
 * @throws TypeError when the client is frozen
 */
export function instrumentStainless(
  client: StainlessClient,
  provider: StainlessProvider,
  wiring: Pick<ProviderWiring, "recorder" | "onProblem">,
): void {
  if (Object.hasOwn(client, INSTRUMENTED)) return;
  if (!Object.isExtensible(client))
    throw new TypeError("a client that is frozen cannot be wrapped: freeze it afterwards");
  define(client, INSTRUMENTED, true);
  watchRequests(client, new Loaded(() => provider.endpoints(client), wiring), wiring);
  watchAnswers(client);
  provider.extend(client);
  const { withOptions } = client;
  if (withOptions === undefined) return;
  define(client, "withOptions", function (this: StainlessClient, options: object) {
    const other = withOptions.call(this, options) as StainlessClient;
    instrumentStainless(other, provider, wiring);
    return other;
  });
}

/** Not enumerable, as methods of a class are not. */
export function define(target: object, name: string | symbol, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true });
}

function watchRequests(
  client: StainlessClient,
  loaded: Loaded<Endpoints>,
  { recorder }: Pick<ProviderWiring, "recorder">,
): void {
  const { makeRequest, retryRequest } = client;
  const begin = async (asked: Asked, given: RequestOptions | Promise<RequestOptions>, send: Send) => {
    let options: RequestOptions;
    try {
      options = await given;
    } finally {
      isSent(asked);
    }
    const again = watchedIn(options);
    again?.sending(options);
    const endpoints = again === undefined ? loaded.get() : undefined;
    const found = (endpoints instanceof Promise ? await endpoints : endpoints)?.find(options);
    if (found === undefined) return send(options);
    if ("start" in found)
      return new WatchedRequest(recorder.begin(found.start), found).send(send, options, asked);
    const props = await send(options);
    inquiries.set(props, found);
    return props;
  };
  const watched: MakeRequest = function (given, ...more) {
    return asking((asked) => begin(asked, given, (options) => makeRequest.call(this, options, ...more)));
  };
  define(client, "makeRequest", watched);
  define(
    client,
    "retryRequest",
    function (this: StainlessClient, options: RequestOptions, ...more: unknown[]) {
      watchedIn(options)?.retrying(options, this);
      return retryRequest.call(this, options, ...more);
    },
  );
}

/** Where an answer is read: one place for all that a caller may do with it. */
function watchAnswers(client: StainlessClient): void {
  const { parseResponseWithTimeout: parse, responsePromise, request } = client;
  if (parse !== undefined && responsePromise !== undefined) {
    define(
      client,
      "parseResponseWithTimeout",
      function (this: StainlessClient, by: unknown, props: ResponseProps) {
        return read(props, () => parse.call(this, by, props));
      },
    );
    define(
      client,
      "responsePromise",
      function (this: StainlessClient, made: Promise<ResponseProps>, ...more: unknown[]) {
        const promise = responsePromise.call(this, made, ...more);
        if (isApiPromise(promise)) watchTaking(promise);
        return promise;
      },
    );
    return;
  }
  define(client, "request", function (this: StainlessClient, ...parameters: unknown[]) {
    const promise = request.apply(this, parameters);
    if (isApiPromise(promise)) {
      watchParsing(promise);
      watchTaking(promise);
    }
    return promise;
  });
}

function watchParsing(promise: ApiPromise): void {
  const { parseResponse } = promise;
  promise.parseResponse = (...given) =>
    read(given[given.length - 1] as ResponseProps, () => parseResponse.apply(promise, given));
}

function read(props: ResponseProps, parse: () => unknown): unknown {
  const request = watchedIn(props.options);
  if (request !== undefined) return request.read(props, parse);
  const inquiry = inquiries.get(props);
  return inquiry === undefined ? parse() : watchInquiry(inquiry, parse);
}

/** There may be two copies of this package in a process: what the other one put there is for it to watch. */
function watchedIn(options: RequestOptions): WatchedRequest | undefined {
  const request = options[WATCHED];
  return request instanceof WatchedRequest ? request : undefined;
}
