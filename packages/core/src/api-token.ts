import type { Scope } from "./scope.ts";
import type { Instant } from "./time.ts";

export const tokenRoles = ["ingest", "read", "admin"] as const;
/** `ingest` sends metrics, `read` asks questions, `admin` does both and changes budgets and tokens. */
export type TokenRole = (typeof tokenRoles)[number];

/** Who is asking: what the authorizer found out about the token of a request. */
export interface Caller {
  readonly tokenId: string;
  readonly roles: readonly TokenRole[];
  /** When present, only these scopes may be sent to or asked about. */
  readonly scopes?: readonly Scope[];
}

/** A token as it is stored: never the secret, only its hash. */
export interface ApiToken extends Caller {
  readonly name: string;
  readonly secretHash: string;
  readonly createdAt: Instant;
  readonly expiresAt?: Instant;
  readonly revokedAt?: Instant;
}

export function isUsable(token: ApiToken, now: Instant): boolean {
  return token.revokedAt === undefined && (token.expiresAt === undefined || now < token.expiresAt);
}

export function hasRole(caller: Caller, role: TokenRole): boolean {
  return caller.roles.includes(role) || caller.roles.includes("admin");
}

/** Whether a caller may see or send something that counts in `scopes`. */
export function mayAccess(caller: Caller, scopes: readonly string[]): boolean {
  return caller.scopes === undefined || caller.scopes.some((scope) => scopes.includes(scope));
}
