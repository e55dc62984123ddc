import type { Attributes, AttributeValue } from "./span.ts";

/**
 * What a span is to its trace. `call`: a request to a model · `around`: something that makes such requests, whose usage
 * is the sum of theirs · `unsaid`: it does not say.
 */
export type SpanKind = "call" | "around" | "unsaid";

/**
 * Agents, workflows, chains, steps and tools: what they tell as their usage is told again by the calls in them.
 *
 * https://github.com/langfuse/langfuse/issues/14754 (`invoke_agent` of the AI SDK counted a second time)
 * https://github.com/langfuse/langfuse/pull/14808 (and its `agent_step`)
 * https://github.com/pydantic/pydantic-ai/issues/3995, https://github.com/strands-agents/harness-sdk/issues/1267
 */
const AROUND =
  /(^|[_.\s])(agent|workflow|chain|task|tool|step|cycle|loop|plan|retrieval|retriever|memory|guardrail|evaluator)([_.\s]|$)/;

const CALL =
  /chat|complet|embed|generat|message|response|image|speech|audio|transcri|translat|video|rerank|realtime|inference/;

function kindOfOperation(operation: string): SpanKind {
  const word = operation.toLowerCase();
  if (AROUND.test(word)) return "around";
  return CALL.test(word) ? "call" : "unsaid";
}

/**
 * Which attributes tell, and how.
 *
 * - https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/gen-ai-spans.md
 * - OpenLLMetry before that: https://github.com/traceloop/openllmetry-js (`llm.request.type`, `traceloop.span.kind`)
 * - https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md
 * - AI SDK: `ai.generateText` is around `ai.generateText.doGenerate`: https://ai-sdk.dev/docs/ai-sdk-core/telemetry
 */
const tellers: Readonly<Record<string, (word: string) => SpanKind>> = {
  "gen_ai.operation.name": kindOfOperation,
  "llm.request.type": kindOfOperation,
  "openinference.span.kind": (kind) => (/^(llm|embedding)$/i.test(kind) ? "call" : "around"),
  "ai.operationId": (operation) => (/\.do[A-Z]\w*$/.test(operation) ? "call" : "around"),
  "traceloop.span.kind": kindOfOperation,
};

export const tellingNames = Object.keys(tellers);

/** Of several that tell, `around` wins: one that is left out is told by what is in it, one too many by nothing. */
export function kindOf(attributes: Attributes): SpanKind {
  let kind: SpanKind = "unsaid";
  for (const [name, tell] of Object.entries(tellers)) {
    const word = attributes[name];
    const told = typeof word === "string" ? tell(word) : "unsaid";
    if (told === "around") return told;
    if (told === "call") kind = told;
  }
  return kind;
}

/** What was asked of the model, in the words of the conventions where there are any. */
export function operationOf(attributes: Attributes): string {
  const said = textOf(attributes["gen_ai.operation.name"]) ?? textOf(attributes["llm.request.type"]);
  if (said !== undefined) return said;
  const other = `${attributes["openinference.span.kind"] ?? ""} ${attributes["ai.operationId"] ?? ""}`;
  if (/embed/i.test(other)) return "embeddings";
  return /llm|\.do/i.test(other) ? "chat" : "inference";
}

function textOf(value: AttributeValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
