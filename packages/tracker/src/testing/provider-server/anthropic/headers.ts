import type { IdSource } from "../ids.ts";

/** Source: https://platform.claude.com/docs/en/api/overview and https://platform.claude.com/docs/en/api/rate-limits */
export function anthropicHeaders(ids: IdSource) {
  return {
    "request-id": ids.next("req_011C", 20),
    "anthropic-organization-id": "00000000-0000-4000-8000-000000000000",
    "anthropic-ratelimit-requests-limit": "4000",
    "anthropic-ratelimit-requests-remaining": "3999",
    "anthropic-ratelimit-tokens-limit": "400000",
    "anthropic-ratelimit-tokens-remaining": "399000",
  };
}
