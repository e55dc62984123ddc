import type { ProviderWiring } from "../provider.ts";

type Body = Readonly<Record<string, unknown>>;

/**
 * Those that tell a stream's usage when asked to, and not otherwise. Others tell it always (OpenRouter, xAI, Groq, Mistral).
 *
 * https://developers.openai.com/api/docs/api-reference/chat/create (`stream_options`)
 * https://api-docs.deepseek.com/api/create-chat-completion
 */
const TELL_WHEN_ASKED = ["openai", "azure", "deepseek", "fireworks"];

/** Asks for the usage of streams, as long as nobody refuses a request for it. One for each client. */
export class StreamUsage {
  readonly #when: ProviderWiring["streamUsage"];
  #isRefused = false;

  constructor(when: ProviderWiring["streamUsage"]) {
    this.#when = when;
  }

  /** Whether it is to be asked for where the caller has not: who says no gets none. */
  isWanted({ stream, stream_options: options }: Body, service: string): boolean {
    if (stream !== true || this.#isRefused || this.#when === "never") return false;
    const asked = (options as { readonly include_usage?: unknown } | null | undefined)?.include_usage;
    if (asked !== undefined) return false;
    return this.#when === "always" || TELL_WHEN_ASKED.includes(service);
  }

  asking(body: Body): Body {
    const asked: Record<string, unknown> = { stream_options: undefined, ...body };
    asked.stream_options = { ...(body.stream_options as object | null), include_usage: true };
    return asked;
  }

  /**
   * Whether a request was refused for asking: the refusal names it, or names nothing at all. It is not asked for any more then.
   *
   * @param refusal as the SDK throws it
   */
  refusedBy(refusal: unknown): boolean {
    if (typeof refusal !== "object" || refusal === null) return false;
    const { status, message, error, param } = refusal as Readonly<Record<string, unknown>>;
    if (status !== 400 && status !== 422) return false;
    const names = /stream_options|include_usage/.test(`${String(message)} ${String(param)}`);
    if (!names && error !== undefined && error !== null) return false;
    if (!names && !/no body/.test(String(message))) return false;
    this.#isRefused = true;
    return true;
  }
}
