import type { Provider, ProviderWiring } from "../provider.ts";
import type { StainlessClient } from "../stainless/api-promise.ts";
import { instrumentStainless } from "../stainless/instrument.ts";
import { MessageBatches } from "./batches.ts";
import { AnthropicEndpoints } from "./endpoints.ts";

/** The SDK `@anthropic-ai/sdk`, and those for Bedrock and Vertex AI that are built on it. */
export const anthropic: Provider = {
  name: "anthropic",
  recognizes: (client) => "makeRequest" in client && "messages" in client && !("chat" in client),
  instrument(client, wiring) {
    const service = serviceOf(client, wiring);
    const batches = new MessageBatches(wiring.recorder, service);
    const provider = {
      endpoints: () => new AnthropicEndpoints(service, batches),
      extend: (one: StainlessClient) => batches.watch(one as object),
    };
    instrumentStainless(client as StainlessClient, provider, wiring);
  },
};

/** By what the other clients have to sign with. */
function serviceOf(client: object, { service }: ProviderWiring): string {
  if (service !== undefined) return service;
  if ("awsRegion" in client) return "bedrock";
  return "projectId" in client && "region" in client ? "vertex_ai" : "anthropic";
}
