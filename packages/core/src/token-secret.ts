import { createHash, timingSafeEqual } from "node:crypto";

/** Bytes of randomness in a secret: nobody guesses 2²⁵⁶, so a plain hash keeps it, without salt or stretching. */
export const SECRET_BYTES = 32;

const TOKEN = /^aiu_([a-z0-9]{1,32})_([A-Za-z0-9_-]{43})$/;

/** What a caller is given: `aiu_<id>_<secret>`. Shown once, never stored. */
export function formatToken(tokenId: string, secret: Uint8Array): string {
  return `aiu_${tokenId}_${Buffer.from(secret).toString("base64url")}`;
}

/** The parts of a token, or nothing when the text is none. */
export function parseToken(text: string): { tokenId: string; secret: Uint8Array } | undefined {
  const [, tokenId, secret] = TOKEN.exec(text) ?? [];
  if (!tokenId || !secret) return undefined;
  const bytes = Buffer.from(secret, "base64url");
  // The last character has two bits to spare: only one way of writing a secret is the token.
  return bytes.toString("base64url") === secret ? { tokenId, secret: bytes } : undefined;
}

/** SHA-256, hex. */
export function hashSecret(secret: Uint8Array): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Compares in constant time. */
export function secretMatches(secret: Uint8Array, secretHash: string): boolean {
  const actual = Buffer.from(hashSecret(secret));
  const expected = Buffer.from(secretHash);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}
