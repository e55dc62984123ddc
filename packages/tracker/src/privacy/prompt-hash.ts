import { type HashKey, keyedHash } from "./keyed-hash.ts";

/** Where the providers' requests have what a model is told. */
const PROMPT_FIELDS = [
  "messages",
  "system",
  "instructions",
  "input",
  "prompt",
  "contents",
  "systemInstruction",
  "message",
  "chat_history",
  "texts",
  "inputText",
] as const;

/**
 * @returns what makes a hash of the prompt in a request: equal prompts of equal requests have equal ones, whatever their model
 * and their settings are. Nothing where there is no prompt that could be written as text
 */
export function promptHash(options: HashKey): (request: unknown) => string | undefined {
  const hash = keyedHash(options, "prompt");
  return (request) => {
    const prompt = promptOf(request);
    return prompt === undefined ? undefined : hash(prompt);
  };
}

function promptOf(request: unknown): string | undefined {
  const parts = promptParts(request);
  try {
    return parts && JSON.stringify(parts);
  } catch {
    return undefined;
  }
}

function promptParts(request: unknown): object | undefined {
  if (typeof request !== "object" || request === null) return undefined;
  const fields = request as Record<string, unknown>;
  // Bedrock's `InvokeModel` has the request of the model inside.
  if (fields.body !== undefined) return promptParts(parsed(fields.body));
  const names = PROMPT_FIELDS.filter((name) => fields[name] !== undefined && fields[name] !== null);
  const { config } = fields as { config?: { systemInstruction?: unknown } };
  const system = config?.systemInstruction;
  if (names.length === 0 && system === undefined) return undefined;
  return {
    ...Object.fromEntries(names.map((name) => [name, fields[name]])),
    ...(system !== undefined && { system }),
  };
}

function parsed(body: unknown): unknown {
  const text = body instanceof Uint8Array ? Buffer.from(body).toString() : body;
  try {
    return typeof text === "string" ? JSON.parse(text) : text;
  } catch {
    return undefined;
  }
}
