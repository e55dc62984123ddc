import type { Provider } from "../provider.ts";
import type { StainlessClient } from "../stainless/api-promise.ts";
import { instrumentStainless } from "../stainless/instrument.ts";
import { keepForms } from "./forms.ts";

/** The SDK `openai`, versions 4 to 7, and what is built on it. */
export const openAI: Provider = {
  recognizes: (client) => "makeRequest" in client && "chat" in client && "embeddings" in client,
  instrument(client, wiring) {
    const provider = {
      endpoints: async (one: StainlessClient) =>
        new (await import("./endpoints.ts")).OpenAIEndpoints(one, wiring),
      extend: (one: StainlessClient) => keepForms(one as object),
    };
    instrumentStainless(client as StainlessClient, provider, wiring);
  },
};
