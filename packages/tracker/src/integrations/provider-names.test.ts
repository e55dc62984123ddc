import { describe, expect, it } from "vitest";
import { namedProvider } from "./provider-names.ts";

describe("a framework's name of a provider", () => {
  it.each([
    ["openai.chat", "openai", "chat.completions"],
    ["openai.responses", "openai", "responses"],
    ["azure.responses", "azure", "responses"],
    ["azure-openai.chat", "azure", "chat.completions"],
    ["anthropic.messages", "anthropic", "messages"],
    ["vertex.anthropic.messages", "vertex_ai", "messages"],
    ["google.generative-ai", "google", "generate_content"],
    ["google.vertex.chat", "vertex_ai", "generate_content"],
    ["amazon-bedrock", "bedrock", "converse"],
    ["amazon_bedrock", "bedrock", "converse"],
    ["google_genai", "google", "generate_content"],
    ["mistralai", "mistral", "chat"],
    ["groq.chat", "groq", "chat.completions"],
    ["togetherai.chat", "together", "chat.completions"],
    ["xai.chat", "xai", "chat.completions"],
    ["ChatOpenAI", "openai", "chat"],
    ["", "unknown", "chat"],
  ])("%s is of %s", (name, service, operation) => {
    expect(namedProvider(name)).toMatchObject({ service, operation });
  });
});
