/**
 * On what of a client is changed: the client itself of `openai` and `@anthropic-ai/sdk`, where instrument.ts puts it. For all copies
 * of this package in a process, and through a proxy in front of the client.
 */
const INSTRUMENTED = Symbol.for("@ai-usage/tracker.instrumented.1");

/** Where Google's clients and Bedrock's are changed. */
const PARTS = ["models", "middlewareStack"] as const;

/** Not enumerable, so that it shows nowhere. */
export function markInstrumented(part: object): void {
  Object.defineProperty(part, INSTRUMENTED, { value: true, configurable: true });
}

export const isMarked = (part: object): boolean => Object.hasOwn(part, INSTRUMENTED);

/** Whether calls of the client are recorded already. */
export function isInstrumented(client: object): boolean {
  const parts = PARTS.map((name) => (client as Record<string, unknown>)[name]);
  return [client, ...parts].some((part) => typeof part === "object" && part !== null && isMarked(part));
}
