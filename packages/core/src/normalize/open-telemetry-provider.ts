/**
 * Well-known values of `gen_ai.provider.name` and, before it, `gen_ai.system`, by our names of who bills the call.
 *
 * https://github.com/open-telemetry/semantic-conventions-genai/blob/main/model/gen-ai/registry.yaml
 * https://github.com/open-telemetry/semantic-conventions/blob/v1.36.0/docs/registry/attributes/gen-ai.md
 */
const services: Readonly<Record<string, string>> = {
  "gcp.gemini": "google",
  "gcp.gen_ai": "google",
  gemini: "google",
  "gcp.vertex_ai": "vertex_ai",
  "azure.ai.openai": "azure",
  "azure.ai.inference": "azure",
  "az.ai.openai": "azure",
  "az.ai.inference": "azure",
  "aws.bedrock": "bedrock",
  aws_bedrock: "bedrock",
  mistral_ai: "mistral",
  moonshot_ai: "moonshotai",
  x_ai: "xai",
};

/** Our name of a provider, or the provider's own where we have no other. */
export function serviceOfProvider(provider: string | undefined): string | undefined {
  const name = provider?.toLowerCase();
  return name !== undefined && Object.hasOwn(services, name) ? services[name] : name;
}
