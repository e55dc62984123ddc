import pRetry from "p-retry";
import type { Health, NewToken, Token, TokenPage } from "./answers.ts";
import type { Retry } from "./http.ts";
import { AlertMethods } from "./methods/alert-methods.ts";
import { type AIUsageClientOptions, pathOf } from "./methods/api-methods.ts";
import type { PageQuery, TokenInput } from "./requests.ts";

export type { AIUsageClientOptions } from "./methods/api-methods.ts";

/**
 * The HTTP API, one method for each of its requests. Every method throws ApiError when the request is refused, with
 * the API's problem document, and UnreachableError when no answer comes. Questions, the recording of metrics
 * (idempotent by `request_id`), and what else does no more when it is sent twice are tried again after network errors,
 * 429 and 5xx; other changes are not.
 */
export class AIUsageClient extends AlertMethods {
  /** @throws NoConnectionError when the address or the token cannot be one */
  constructor(options: AIUsageClientOptions) {
    super(options, retry);
  }

  /** Needs no token that is valid. */
  health(): Promise<Health> {
    return this.ask("/health");
  }

  createToken(token: TokenInput): Promise<NewToken> {
    return this.change("POST", "/tokens", token);
  }

  listTokens(query: PageQuery = {}): Promise<TokenPage> {
    return this.ask("/tokens", query);
  }

  revokeToken(tokenId: string): Promise<Token> {
    return this.change("DELETE", pathOf`/tokens/${tokenId}`);
  }
}

const retry: Retry = (attempt, { retries, delayMs, delayMsMax, mayPass }) =>
  pRetry(attempt, {
    retries,
    minTimeout: delayMs,
    maxTimeout: delayMsMax,
    randomize: true,
    shouldRetry: ({ error }) => mayPass(error),
  });
