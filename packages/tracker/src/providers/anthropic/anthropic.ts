import type { Provider, ProviderWiring } from "../provider.ts";
import type { StainlessClient } from "../stainless/api-promise.ts";
import { instrumentStainless } from "../stainless/instrument.ts";
import { watchBatchResources } from "./batch-resources.ts";

/** The SDK `@anthropic-ai/sdk`, and those for Bedrock and Vertex AI that are built on it. */
export const anthropic: Provider = {
  recognizes: (client) => "makeRequest" in client && "messages" in client && !("chat" in client),
  instrument(client, wiring) {
    const service = serviceOf(client, wiring);
    const loading = import("./messages.ts").then(({ messageReaders }) =>
      messageReaders(wiring.recorder, service),
    );
    const provider = {
      endpoints: async () => (await loading).endpoints,
      extend: (one: StainlessClient) =>
        watchBatchResources(one as object, async (lines, batchId) => {
          const readers = await loading.catch(() => undefined);
          readers?.batches.watch(lines, batchId);
        }),
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
