import type { ProviderServer } from "@ai-usage/tracker/testing";

/** The variables by which the providers' own SDKs find the server in place of the real API, with keys that it takes. */
export function environmentOfProviders({ url, openAIUrl }: ProviderServer): Readonly<Record<string, string>> {
  return {
    OPENAI_BASE_URL: openAIUrl,
    OPENAI_API_KEY: "sk-local",
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: "sk-ant-local",
    GOOGLE_GEMINI_BASE_URL: url,
    GOOGLE_VERTEX_BASE_URL: url,
    GEMINI_API_KEY: "local",
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
    GOOGLE_PLACES_API_KEY: "local",
    // Read by test/support/redirect-places.mjs.
    AI_USAGE_TEST_PLACES: url,
  };
}
