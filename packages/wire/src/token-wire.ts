import { type ApiToken, type Instant, tokenRoles } from "@ai-usage/core";
import * as z from "zod";
import { instantField, nameField, scopeField, wordField } from "./fields.ts";

const SCOPES_MAX = 50;

/** Body of `POST /tokens`. */
export const tokenSchema = z.strictObject({
  name: nameField,
  roles: z
    .array(wordField(tokenRoles), { error: () => `must be a list of ${tokenRoles.join(", ")}` })
    .min(1, "must name at least one role")
    .max(tokenRoles.length, "must name each role once"),
  scopes: z
    .array(scopeField, { error: () => "must be a list of scopes" })
    .min(1, "must name at least one scope, or be left out")
    .max(SCOPES_MAX, `must have at most ${SCOPES_MAX} entries`)
    .optional(),
  expires_at: instantField.optional(),
});

/** A token as an answer shows it: everything but the secret and its hash. */
export function toWireToken(token: ApiToken, now: Instant) {
  return {
    token_id: token.tokenId,
    name: token.name,
    roles: token.roles,
    scopes: token.scopes,
    created_at: token.createdAt,
    expires_at: token.expiresAt,
    revoked_at: token.revokedAt,
    state: stateOf(token, now),
  };
}

function stateOf(token: ApiToken, now: Instant): "active" | "expired" | "revoked" {
  if (token.revokedAt !== undefined) return "revoked";
  return token.expiresAt !== undefined && token.expiresAt <= now ? "expired" : "active";
}
