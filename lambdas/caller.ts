import { type Caller, hasRole, type Scope, type TokenRole, tokenRoles } from "@ai-usage/core";
import { ProblemError } from "@ai-usage/wire";
import * as z from "zod";

/** Who is asking, as the authorizer hands it to the functions behind it: API Gateway passes flat text only. */
export function toAuthorizerContext(caller: Caller): Record<string, string> {
  return {
    token_id: caller.tokenId,
    roles: JSON.stringify(caller.roles),
    ...(caller.scopes && { scopes: JSON.stringify(caller.scopes) }),
  };
}

const contextSchema = z.object({
  token_id: z.string(),
  roles: z.string().transform((text) => z.array(z.enum(tokenRoles)).parse(JSON.parse(text))),
  scopes: z
    .string()
    .transform((text) => z.array(z.string()).parse(JSON.parse(text)) as Scope[])
    .optional(),
});

export function fromAuthorizerContext(context: unknown): Caller {
  const { token_id: tokenId, roles, scopes } = contextSchema.parse(context);
  return { tokenId, roles, scopes };
}

/** @throws ProblemError 403 naming the role that the token lacks */
export function requireRole(caller: Caller, role: TokenRole): void {
  if (!hasRole(caller, role)) throw new ProblemError(403, `this needs a token with the role ${role}`);
}
