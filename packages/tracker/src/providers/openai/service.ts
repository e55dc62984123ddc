import type { StainlessClient } from "../stainless/api-promise.ts";

/** Who bills, by where the client sends its requests: many providers answer in OpenAI's shape. */
const SERVICES: readonly (readonly [host: RegExp, service: string])[] = [
  [/(^|\.)openai\.com$/, "openai"],
  [/\.openai\.azure\.(com|us|cn)$|\.services\.ai\.azure\.com$|\.cognitiveservices\.azure\.com$/, "azure"],
  [/(^|\.)groq\.com$/, "groq"],
  [/(^|\.)mistral\.ai$/, "mistral"],
  [/(^|\.)deepseek\.com$/, "deepseek"],
  [/(^|\.)x\.ai$/, "xai"],
  [/(^|\.)openrouter\.ai$/, "openrouter"],
  [/(^|\.)perplexity\.ai$/, "perplexity"],
  [/(^|\.)together\.(ai|xyz)$/, "together"],
  [/(^|\.)fireworks\.ai$/, "fireworks"],
  [/(^|\.)cerebras\.ai$/, "cerebras"],
  [/(^|\.)moonshot\.(ai|cn)$/, "moonshotai"],
  [/(^|\.)cohere\.(ai|com)$/, "cohere"],
  [/-aiplatform\.googleapis\.com$|^aiplatform\.googleapis\.com$/, "vertex_ai"],
  [/(^|\.)googleapis\.com$/, "google"],
  [/^bedrock-(runtime|mantle)\./, "bedrock"],
];

const known = new Map<string, string | undefined>();

/** By its host, else by its class: Azure's client has the version of the API to it. */
export function serviceOf(client: StainlessClient): string {
  const { baseURL } = client;
  return serviceOfHost(baseURL) ?? ("apiVersion" in client ? "azure" : "openai");
}

function serviceOfHost(baseURL: unknown): string | undefined {
  if (typeof baseURL !== "string") return undefined;
  if (known.has(baseURL)) return known.get(baseURL);
  const host = URL.canParse(baseURL) ? new URL(baseURL).hostname : "";
  const service = SERVICES.find(([pattern]) => pattern.test(host))?.[1];
  if (known.size < 1_000) known.set(baseURL, service);
  return service;
}
