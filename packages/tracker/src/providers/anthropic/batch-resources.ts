import { define } from "../stainless/instrument.ts";

interface Resources {
  readonly messages?: { readonly batches?: object };
  readonly beta?: { readonly messages?: { readonly batches?: object } };
}

type Watch = (lines: unknown, batchId: unknown) => Promise<void>;

/** Results of batches come by a method of their own, which is no more than a request to the client. */
export function watchBatchResources(client: Resources, watch: Watch): void {
  watchResults(client.messages?.batches, watch);
  watchResults(client.beta?.messages?.batches, watch);
}

function watchResults(resource: object | undefined, watch: Watch): void {
  const results = (resource as { readonly results?: unknown } | undefined)?.results;
  if (resource === undefined || typeof results !== "function" || !Object.isExtensible(resource)) return;
  define(resource, "results", async function (this: unknown, batchId: unknown, ...more: unknown[]) {
    const lines: unknown = await results.call(this, batchId, ...more);
    await watch(lines, batchId);
    return lines;
  });
}
