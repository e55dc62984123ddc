import type { NormalizedUsage } from "@ai-usage/core/normalize";
import { readUsage } from "@ai-usage/core/normalize/read-usage";
import type { Usage } from "@ai-usage/core/usage";
import { GEMINI_CONTENT } from "../providers/google/formats.ts";
import type { CallFormat } from "../recording/call.ts";
import { countAt, disjointUsage, type Members, membersOf, textAt } from "./inclusive-usage.ts";
import type { NamedProvider } from "./provider-names.ts";

/** What a model of the AI SDK answers with, or tells at the end of a stream. */
export interface ModelEnd {
  readonly usage?: unknown;
  readonly providerMetadata?: unknown;
  /** Its `id`, `modelId`, and the `body` as it came. */
  readonly response?: unknown;
}

/**
 * What an answer says: by the provider's own counts where they are told, which know more kinds than the SDK's; else by those.
 *
 * https://github.com/vercel/ai/blob/main/packages/provider/src/language-model/v3/language-model-v3-usage.ts
 */
export function readModelEnd(
  end: ModelEnd,
  { service, format }: NamedProvider,
  model: string,
): NormalizedUsage {
  const response = membersOf(end.response);
  const id = textAt(response, "id");
  const served = textAt(response, "modelId") ?? model;
  const cost = textAt(membersOf(end.providerMetadata, "gateway"), "cost");
  const known = {
    service,
    model: served,
    ...(id !== undefined && { requestId: id }),
    // A gateway bills by its own figure.
    ...(cost !== undefined && /^\d+(\.\d+)?$/.test(cost) && { reportedCost: cost }),
  };
  if (format !== undefined) {
    for (const answer of [response.body, rawAnswer(format, end)]) {
      if (answer === undefined) continue;
      const read = readUsage(format.usage, answer, { service, request: { model: served } });
      if (Object.keys(read.usage).length > 0) return { ...known, ...read };
    }
  }
  return { ...known, usage: usageOf(membersOf(end.usage), service), usageProblems: [] };
}

/** The provider's own usage, in the answer that it came from. */
function rawAnswer(format: CallFormat, { usage, providerMetadata }: ModelEnd): unknown {
  const raw =
    membersOf(usage).raw ??
    membersOf(providerMetadata, "anthropic").usage ??
    membersOf(providerMetadata, "google").usageMetadata;
  if (raw === undefined || raw === null) return undefined;
  return format === GEMINI_CONTENT ? { usageMetadata: raw } : { usage: raw };
}

/** Version 6 tells counts in groups, version 5 side by side. */
function usageOf(usage: Members, service: string): Usage {
  const isGrouped = typeof usage.inputTokens === "object" || typeof usage.outputTokens === "object";
  return isGrouped ? grouped(usage, service) : flat(usage, service);
}

function grouped(usage: Members, service: string): Usage {
  const input = membersOf(usage, "inputTokens");
  const output = membersOf(usage, "outputTokens");
  return disjointUsage(
    {
      input: totalOf(input, ["noCache", "cacheRead", "cacheWrite"]),
      cacheRead: countAt(input, "cacheRead"),
      cacheWrite: countAt(input, "cacheWrite"),
      output: totalOf(output, ["text", "reasoning"]),
      reasoning: countAt(output, "reasoning"),
    },
    service,
  );
}

function totalOf(group: Members, parts: readonly string[]): number | undefined {
  const told = parts.map((name) => countAt(group, name)).filter((count) => count !== undefined);
  return (
    countAt(group, "total") ?? (told.length === 0 ? undefined : told.reduce((sum, count) => sum + count))
  );
}

/** Of these, that SDK's providers leave cached tokens out of the input. */
const CACHED_BESIDE = ["anthropic", "bedrock"];

function flat(usage: Members, service: string): Usage {
  const input = countAt(usage, "inputTokens");
  const output = countAt(usage, "outputTokens");
  const cacheRead = countAt(usage, "cachedInputTokens");
  const reasoning = countAt(usage, "reasoningTokens");
  const total = countAt(usage, "totalTokens");
  const isBeside = reasoning !== undefined && total === (input ?? 0) + (output ?? 0) + reasoning;
  return disjointUsage(
    {
      input: input === undefined || !CACHED_BESIDE.includes(service) ? input : input + (cacheRead ?? 0),
      cacheRead,
      output: output === undefined || !isBeside ? output : output + reasoning,
      reasoning,
    },
    service,
  );
}
