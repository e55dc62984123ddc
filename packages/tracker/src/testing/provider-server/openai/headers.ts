import type { IdSource } from "../ids.ts";

/** Source: https://developers.openai.com/api/docs/api-reference/debugging-requests */
export function openAIHeaders(ids: IdSource): Record<string, string> {
  return {
    "x-request-id": ids.nextHex("req_", 32),
    "openai-processing-ms": "41",
    "openai-version": "2020-10-01",
    "openai-organization": "org-example",
    "x-ratelimit-limit-requests": "10000",
    "x-ratelimit-limit-tokens": "2000000",
    "x-ratelimit-remaining-requests": "9999",
    "x-ratelimit-remaining-tokens": "1999970",
    "x-ratelimit-reset-requests": "6ms",
    "x-ratelimit-reset-tokens": "0s",
  };
}
