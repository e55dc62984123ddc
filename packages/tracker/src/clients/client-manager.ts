import type Anthropic from "@anthropic-ai/sdk";
import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import type { GoogleGenAI } from "@google/genai";
import type OpenAI from "openai";
import type { UsageContext } from "../context/usage-context.ts";
import { createTracker } from "../create-tracker.ts";
import type { Tracker } from "../tracker.ts";
import { ClientConfig } from "./client-config.ts";
import { importSdk } from "./import-sdk.ts";

export interface ClientManagerOptions {
  /** @default one that the environment says all of */
  readonly tracker?: Tracker;
}

/**
 * Makes the providers' clients when they are first asked for, and tracks their calls. The SDKs are the application's own: each has to
 * be installed only where it is asked for.
 */
export class ClientManager {
  readonly tracker: Tracker;
  readonly #config: ClientConfig;
  #context: UsageContext = {};
  readonly #clients = new Map<string, Promise<object>>();

  /** @throws TrackerConfigurationError as {@link createTracker} */
  constructor(
    config: ClientConfig = ClientConfig.fromEnv(),
    { tracker = createTracker() }: ClientManagerOptions = {},
  ) {
    this.tracker = tracker;
    this.#config = config;
  }

  /**
   * Holds for all later calls of this manager's clients, in place of what was set before. What a call's own `withUsageContext` says
   * wins.
   */
  setTrackingContext(context: UsageContext): void {
    this.#context = Object.freeze({ ...context });
  }

  /** @throws MissingSdkError when `openai` is not installed; and what the SDK throws, for want of a key say */
  openAI(): Promise<OpenAI> {
    return this.#made("openai", async () => {
      const { default: Client } = await importSdk("openai", () => import("openai"));
      return new Client(this.#config.openAI);
    });
  }

  /** @throws MissingSdkError when `@anthropic-ai/sdk` is not installed; and what the SDK throws */
  anthropic(): Promise<Anthropic> {
    return this.#made("anthropic", async () => {
      const { default: Client } = await importSdk("@anthropic-ai/sdk", () => import("@anthropic-ai/sdk"));
      return new Client(this.#config.anthropic);
    });
  }

  /** @throws MissingSdkError when `@google/genai` is not installed; and what the SDK throws */
  google(): Promise<GoogleGenAI> {
    return this.#made("google", async () => {
      const { GoogleGenAI: Client } = await importSdk("@google/genai", () => import("@google/genai"));
      const { baseURL: baseUrl, apiKey } = this.#config.google;
      return new Client({ ...(apiKey && { apiKey }), ...(baseUrl && { httpOptions: { baseUrl } }) });
    });
  }

  /** @throws MissingSdkError when `@aws-sdk/client-bedrock-runtime` is not installed; and what the SDK throws */
  bedrock(): Promise<BedrockRuntimeClient> {
    return this.#made("bedrock", async () => {
      const name = "@aws-sdk/client-bedrock-runtime";
      const { BedrockRuntimeClient: Client } = await importSdk(
        name,
        () => import("@aws-sdk/client-bedrock-runtime"),
      );
      return new Client(this.#config.bedrock);
    });
  }

  /** One client of each provider. One that could not be made is tried again when it is asked for again. */
  #made<Client extends object>(provider: string, make: () => Promise<Client>): Promise<Client> {
    const known = this.#clients.get(provider);
    if (known !== undefined) return known as Promise<Client>;
    const made = make().then((client) => this.tracker.wrap(client, { context: () => this.#context }));
    this.#clients.set(provider, made);
    made.catch(() => this.#clients.delete(provider));
    return made;
  }
}
