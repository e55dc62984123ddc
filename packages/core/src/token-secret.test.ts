import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ApiToken, hasRole, isUsable, mayAccess } from "./api-token.ts";
import { parseScope } from "./scope.ts";
import { parseInstant } from "./time.ts";
import { formatToken, hashSecret, parseToken, SECRET_BYTES, secretMatches } from "./token-secret.ts";

const secrets = fc.uint8Array({ minLength: SECRET_BYTES, maxLength: SECRET_BYTES });

describe("token", () => {
  it("is read back as it was written", () => {
    fc.assert(
      fc.property(secrets, (secret) => {
        const token = formatToken("a1b2c3", secret);
        const read = parseToken(token);
        expect(read?.tokenId).toBe("a1b2c3");
        expect(read && secretMatches(read.secret, hashSecret(secret))).toBe(true);
      }),
    );
  });

  it("with any character changed is none, or another", () => {
    const secret = Uint8Array.from({ length: SECRET_BYTES }, (_, index) => index * 7);
    const token = formatToken("a1b2c3", secret);
    const characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (let index = "aiu_a1b2c3_".length; index < token.length; index++) {
      for (const character of characters) {
        const other = token.slice(0, index) + character + token.slice(index + 1);
        if (other === token) continue;
        const read = parseToken(other);
        expect(read !== undefined && secretMatches(read.secret, hashSecret(secret)), other).toBe(false);
      }
    }
  });

  it.each([
    "",
    "aiu_",
    "aiu__x",
    `aiu_A_${"a".repeat(43)}`,
    `aiu_a_${"a".repeat(42)}`,
    `aiu_a_${"a".repeat(44)}`,
  ])("is not %j", (text) => {
    expect(parseToken(text)).toBeUndefined();
  });

  it("is kept as a hash that does not hold the secret", () => {
    const secret = Buffer.alloc(SECRET_BYTES, 7);
    expect(hashSecret(secret)).toMatch(/^[0-9a-f]{64}$/);
    expect(secretMatches(Buffer.alloc(SECRET_BYTES, 8), hashSecret(secret))).toBe(false);
    expect(secretMatches(secret, "")).toBe(false);
  });
});

describe("token in force", () => {
  const now = parseInstant("2026-11-22T00:00:00Z");
  const token: ApiToken = {
    tokenId: "t",
    name: "t",
    roles: ["read"],
    secretHash: "",
    createdAt: parseInstant("2026-11-01T00:00:00Z"),
  };

  it("ends when it expires, to the millisecond, and when it is revoked", () => {
    expect(isUsable(token, now)).toBe(true);
    expect(isUsable({ ...token, expiresAt: parseInstant("2026-11-22T00:00:00.001Z") }, now)).toBe(true);
    expect(isUsable({ ...token, expiresAt: now }, now)).toBe(false);
    expect(isUsable({ ...token, revokedAt: now }, now)).toBe(false);
  });

  it("of an admin has every role, of another its own", () => {
    expect(hasRole({ tokenId: "t", roles: ["admin"] }, "ingest")).toBe(true);
    expect(hasRole(token, "read")).toBe(true);
    expect(hasRole(token, "ingest")).toBe(false);
    expect(hasRole(token, "admin")).toBe(false);
  });

  it("reaches every scope, or those it is limited to", () => {
    const limited = { ...token, scopes: [parseScope("team:growth")] };
    expect(mayAccess(token, ["team:other"])).toBe(true);
    expect(mayAccess(limited, ["global:all", "team:growth"])).toBe(true);
    expect(mayAccess(limited, ["global:all", "team:other"])).toBe(false);
    expect(mayAccess(limited, [])).toBe(false);
  });
});
