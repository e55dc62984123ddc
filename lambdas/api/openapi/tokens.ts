import { tokenRoles } from "@ai-usage/core";
import { pageFields, tokenSchema } from "@ai-usage/wire";
import * as z from "zod";
import type { EndpointGroup } from "./endpoint.ts";
import { instantShape, named, pageShape, scopeShape } from "./shapes.ts";

const fields = {
  token_id: z.string(),
  name: z.string(),
  roles: z.array(z.enum(tokenRoles)),
  scopes: z.array(scopeShape).optional(),
  created_at: instantShape,
  expires_at: instantShape.optional(),
  revoked_at: instantShape.optional(),
  state: z.enum(["active", "expired", "revoked"]),
};

const tokenShape = z.object(fields).register(named, { id: "Token" });
const newTokenShape = z.object({
  ...fields,
  token: z.string().describe("The token itself. It is shown here and never again."),
});

const token = { role: "admin", unlimited: true } as const;

export const tokenEndpoints: EndpointGroup = {
  name: "tokens",
  description: "Who may ask for what.",
  endpoints: [
    {
      ...token,
      method: "post",
      path: "/tokens",
      name: "createToken",
      summary: "Make a token",
      body: tokenSchema,
      bodyExample: { name: "growth dashboards", roles: ["read"], scopes: ["team:growth"] },
      answers: { 201: { means: "The token, this once.", schema: newTokenShape } },
    },
    {
      ...token,
      method: "get",
      path: "/tokens",
      name: "listTokens",
      summary: "All tokens, newest first, without what is secret of them",
      query: z.strictObject(pageFields),
      answers: { 200: { means: "A page of tokens.", schema: pageShape("tokens", tokenShape) } },
    },
    {
      ...token,
      method: "delete",
      path: "/tokens/{id}",
      name: "revokeToken",
      summary: "Revoke a token",
      description: "It may still work for half a minute.",
      params: { id: "Id of the token." },
      answers: { 200: { means: "The token as it is now.", schema: tokenShape } },
      refusals: { 404: "There is no such token." },
    },
  ],
};
