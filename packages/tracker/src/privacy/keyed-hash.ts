import type { KeyObject } from "node:crypto";
import { TrackerConfigurationError } from "../environment/configuration-error.ts";
import { nodeCrypto } from "../node-crypto.ts";

/** What nobody can undo or repeat without the key. Whoever changes it begins with new hashes. */
export interface HashKey {
  /** A secret of at least 16 characters or bytes, the same wherever the same thing must have the same hash. */
  readonly key: string | Uint8Array;
}

const KEY_LENGTH_MIN = 16;

export type KeyedHash = (text: string) => string;

/**
 * HMAC-SHA256, its first 128 bits as 32 hexadecimal digits. `purpose` keeps hashes of different kinds of things apart that are
 * made with one key.
 * @throws TrackerConfigurationError when the key is too short to be a secret
 */
export function keyedHash({ key }: HashKey, purpose: string): KeyedHash {
  if (key.length < KEY_LENGTH_MIN)
    throw new TrackerConfigurationError([
      `the key of ${purpose} hashes must have at least ${KEY_LENGTH_MIN} characters`,
    ]);
  const { createHmac, createSecretKey } = nodeCrypto();
  const secret: KeyObject = createSecretKey(typeof key === "string" ? Buffer.from(key) : key);
  const prefix = `${purpose}\0`;
  return (text) => createHmac("sha256", secret).update(prefix).update(text).digest("hex").slice(0, 32);
}
