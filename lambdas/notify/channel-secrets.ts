import type { Channel } from "@ai-usage/core";
import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";

const KEPT_MS = 5 * 60_000;

/** The secrets of channels, each read every five minutes at most, and anew when its channel was changed. */
export class ChannelSecrets {
  readonly #client: SecretsManagerClient;
  readonly #clockMs: () => number;
  readonly #kept = new Map<string, { readonly value: string | undefined; readonly readAt: number }>();

  constructor(client: SecretsManagerClient, clockMs: () => number) {
    this.#client = client;
    this.#clockMs = clockMs;
  }

  /** @returns nothing where the channel has none, or it is gone */
  async of({ secretName, updatedAt }: Channel): Promise<string | undefined> {
    if (secretName === undefined) return undefined;
    const name = `${secretName} ${updatedAt}`;
    const kept = this.#kept.get(name);
    if (kept !== undefined && this.#clockMs() - kept.readAt < KEPT_MS) return kept.value;
    const value = await this.#read(secretName);
    if (value !== undefined) this.#kept.set(name, { value, readAt: this.#clockMs() });
    return value;
  }

  async #read(secretName: string): Promise<string | undefined> {
    try {
      const { SecretString } = await this.#client.send(new GetSecretValueCommand({ SecretId: secretName }));
      return SecretString;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }
}
