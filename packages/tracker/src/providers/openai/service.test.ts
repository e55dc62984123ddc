import { describe, expect, it } from "vitest";
import type { StainlessClient } from "../stainless/api-promise.ts";
import { serviceOf } from "./service.ts";

describe("who bills", () => {
  it.each([
    ["https://api.openai.com/v1", "openai"],
    ["https://eu.api.openai.com/v1", "openai"],
    ["https://a.openai.azure.com/openai/v1", "azure"],
    ["https://api.groq.com/openai/v1", "groq"],
    ["https://generativelanguage.googleapis.com/v1beta/openai/", "google"],
    ["https://europe-west4-aiplatform.googleapis.com/v1", "vertex_ai"],
    ["https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1", "bedrock"],
    ["https://openrouter.ai/api/v1", "openrouter"],
    ["https://gateway.example.com/openai.azure.com", "openai"],
    ["no url", "openai"],
  ])("is told by the host of %s: %s", (baseURL, service) => {
    expect(serviceOf({ baseURL } as unknown as StainlessClient)).toBe(service);
  });
});
