import { serviceOfProvider } from "@ai-usage/core/normalize";
import { COHERE_CHAT } from "../functions/other-formats.ts";
import { ANTHROPIC_MESSAGES } from "../providers/anthropic/formats.ts";
import { BEDROCK_CONVERSE } from "../providers/bedrock/formats.ts";
import { GEMINI_CONTENT } from "../providers/google/formats.ts";
import { OPENAI_CHAT, OPENAI_RESPONSES } from "../providers/openai/formats.ts";
import type { CallFormat } from "../recording/call.ts";

/** What a framework's name of a provider says. */
export interface NamedProvider {
  /** Who bills. */
  readonly service: string;
  readonly operation: string;
  /** Of the provider's own answers, where it is known. */
  readonly format?: CallFormat;
}

const SERVICES: readonly (readonly [name: RegExp, service: string])[] = [
  [/vertex/, "vertex_ai"],
  [/bedrock/, "bedrock"],
  [/^azure/, "azure"],
  [/^google/, "google"],
  [/^mistral/, "mistral"],
  [/^together/, "together"],
];

/** `openai.responses` of the AI SDK, `amazon_bedrock` of LangChain, `ChatOpenAI`. */
export function namedProvider(provider: string): NamedProvider {
  const name = provider.toLowerCase().replace(/^chat(?=[a-z])/, "");
  const known = SERVICES.find(([pattern]) => pattern.test(name))?.[1];
  const service = known ?? (serviceOfProvider(name.split(/[.\s/]/, 1)[0]) || "unknown");
  return { service, ...interfaceOf(name, service) };
}

/** The provider's own interface that is called, by its name, or by what the provider is known for. */
function interfaceOf(name: string, service: string): Omit<NamedProvider, "service"> {
  if (/anthropic/.test(name)) return { operation: "messages", format: ANTHROPIC_MESSAGES };
  if (service === "bedrock") return { operation: "converse", format: BEDROCK_CONVERSE };
  if (service === "google" || service === "vertex_ai")
    return { operation: "generate_content", format: GEMINI_CONTENT };
  if (service === "cohere") return { operation: "chat", format: COHERE_CHAT };
  if (name.endsWith(".responses")) return { operation: "responses", format: OPENAI_RESPONSES };
  if (/\.(chat|completion)$/.test(name)) return { operation: "chat.completions", format: OPENAI_CHAT };
  return { operation: "chat" };
}
