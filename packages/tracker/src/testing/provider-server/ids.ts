import { randomBytes } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

export interface IdSource {
  /** Letters and digits, so many of them, after the prefix. */
  next(prefix: string, length: number): string;
  nextHex(prefix: string, length: number): string;
}

/** Ids as providers make them: of a fixed length, never given out twice, not even by two servers. */
export class Ids implements IdSource {
  readonly #stem = [...randomBytes(64)].map((byte) => ALPHABET[byte % ALPHABET.length]).join("");
  readonly #hexStem = randomBytes(32).toString("hex");
  #given = 0;

  next(prefix: string, length: number): string {
    const count = (++this.#given).toString(36).padStart(8, "0");
    return prefix + this.#stem.slice(0, length - count.length) + count;
  }

  nextHex(prefix: string, length: number): string {
    const count = (++this.#given).toString(16).padStart(8, "0");
    return prefix + this.#hexStem.slice(0, length - count.length) + count;
  }
}
