import type { NormalizedUsage } from "@ai-usage/core/normalize";
import type { Usage } from "@ai-usage/core/usage";
import { countAt, disjointUsage, type Members, membersOf, textAt } from "./inclusive-usage.ts";

/** What a run of LangChain answered. */
interface RunEnd {
  readonly generations?: readonly (readonly unknown[])[];
  readonly llmOutput?: unknown;
}

/**
 * What the end of a run says: by its message's `usage_metadata`, which is the same for all providers, or by what older models
 * have. Other candidates of the same answer tell the same once more.
 *
 * https://github.com/langchain-ai/langchainjs/blob/main/libs/langchain-core/src/messages/metadata.ts
 */
export function readRunEnd(output: unknown, service: string, model: string | undefined): NormalizedUsage {
  const { generations, llmOutput } = membersOf(output) as RunEnd;
  const message = membersOf(generations?.[0]?.[0], "message");
  const response = membersOf(message, "response_metadata");
  const id = idOf(message, response);
  const served = textAt(response, "model_name") ?? textAt(response, "model") ?? model;
  const tier = textAt(response, "service_tier");
  return {
    service,
    ...(served !== undefined && { model: served }),
    ...(id !== undefined && { requestId: id }),
    ...(tier !== undefined && { served: { tier: tier === "default" ? "standard" : tier } }),
    usage: usageOf({ message, response, llmOutput }, service),
    usageProblems: [],
  };
}

/** The provider's own; without one LangChain makes one of the run's, which no provider knows. */
function idOf(message: Members, response: Members): string | undefined {
  const id = textAt(response, "id") ?? textAt(message, "id");
  return id?.startsWith("run-") === true ? undefined : id;
}

interface Told {
  readonly message: Members;
  readonly response: Members;
  readonly llmOutput: unknown;
}

function usageOf({ message, response, llmOutput }: Told, service: string): Usage {
  const metadata = membersOf(message, "usage_metadata");
  if (countAt(metadata, "input_tokens") !== undefined) return disjointUsage(countsOf(metadata), service);
  for (const usage of [
    membersOf(llmOutput, "tokenUsage"),
    membersOf(response, "tokenUsage"),
    membersOf(response, "usage"),
  ]) {
    const input = countAt(usage, "promptTokens") ?? countAt(usage, "prompt_tokens");
    const output = countAt(usage, "completionTokens") ?? countAt(usage, "completion_tokens");
    if ((input ?? 0) + (output ?? 0) > 0) return disjointUsage({ input, output }, service);
  }
  return {};
}

function countsOf(metadata: Members) {
  const input = membersOf(metadata, "input_token_details");
  const output = membersOf(metadata, "output_token_details");
  const oneHour = countAt(input, "ephemeral_1h_input_tokens") ?? 0;
  const written = countAt(input, "cache_creation");
  return {
    input: countAt(metadata, "input_tokens"),
    cacheRead: countAt(input, "cache_read"),
    cacheWrite: written === undefined ? undefined : Math.max(0, written - oneHour),
    cacheWriteOneHour: oneHour,
    audioInput: countAt(input, "audio"),
    output: countAt(metadata, "output_tokens"),
    reasoning: countAt(output, "reasoning"),
    audioOutput: countAt(output, "audio"),
  };
}
