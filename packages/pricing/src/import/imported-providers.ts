export interface ImportedProvider {
  /** What the package calls it. */
  readonly sourceId: string;
  /** What we call it. */
  readonly provider: string;
  /** Further names that a metric may use in `service`, those of OpenTelemetry among them. */
  readonly services?: readonly string[];
}

/** Whose prices are taken over, and under which names. `data/seed/README.md` says why the others are not. */
export const importedProviders: readonly ImportedProvider[] = [
  { sourceId: "anthropic", provider: "anthropic" },
  { sourceId: "aws", provider: "bedrock", services: ["aws", "aws.bedrock", "aws_bedrock", "amazon_bedrock"] },
  {
    sourceId: "azure",
    provider: "azure",
    services: ["azure_openai", "azure.ai.openai", "azure.ai.inference", "az.ai.openai", "az.ai.inference"],
  },
  { sourceId: "cerebras", provider: "cerebras" },
  { sourceId: "cohere", provider: "cohere" },
  { sourceId: "deepseek", provider: "deepseek" },
  { sourceId: "fireworks", provider: "fireworks", services: ["fireworks_ai", "fireworks-ai"] },
  { sourceId: "google", provider: "google" },
  { sourceId: "groq", provider: "groq" },
  { sourceId: "minimax", provider: "minimax" },
  { sourceId: "mistral", provider: "mistral", services: ["mistral_ai", "mistralai"] },
  { sourceId: "moonshotai", provider: "moonshotai", services: ["moonshot", "moonshot_ai", "kimi"] },
  { sourceId: "novita", provider: "novita", services: ["novita_ai"] },
  { sourceId: "openai", provider: "openai" },
  { sourceId: "perplexity", provider: "perplexity" },
  { sourceId: "together", provider: "together", services: ["together_ai", "together-ai", "togetherai"] },
  { sourceId: "voyageai", provider: "voyageai", services: ["voyage", "voyage_ai"] },
  { sourceId: "x-ai", provider: "xai", services: ["x-ai", "x_ai"] },
  { sourceId: "zai", provider: "zai", services: ["z-ai", "z_ai", "z.ai"] },
];

export function ourNameOf(sourceId: string): string | undefined {
  return importedProviders.find((known) => known.sourceId === sourceId)?.provider;
}
