import { randomBytes } from "node:crypto";
import { type ApiToken, formatToken, hashSecret, SECRET_BYTES } from "@ai-usage/core";
import { listTokens, putToken, revokeToken } from "@ai-usage/store";
import {
  fieldProblem,
  ProblemError,
  pageFields,
  parseOrProblem,
  tokenSchema,
  toWireToken,
} from "@ai-usage/wire";
import { Hono } from "hono";
import * as z from "zod";
import {
  type ApiEnvironment,
  type ApiParts,
  idOf,
  jsonBodyOf,
  queryOf,
  unlimitedCallerWith,
} from "../context.ts";

const listSchema = z.strictObject(pageFields);

export function tokenRoutes({ table, clock }: ApiParts): Hono<ApiEnvironment> {
  const app = new Hono<ApiEnvironment>();

  app.post("/", async (context) => {
    unlimitedCallerWith(context, "admin");
    const wire = parseOrProblem(tokenSchema, await jsonBodyOf(context));
    const now = clock();
    if (wire.expires_at !== undefined && wire.expires_at <= now) {
      throw fieldProblem("expires_at", "must be in the future");
    }
    const secret = randomBytes(SECRET_BYTES);
    const token: ApiToken = {
      tokenId: randomBytes(6).toString("hex"),
      name: wire.name,
      roles: [...new Set(wire.roles)],
      scopes: wire.scopes,
      secretHash: hashSecret(secret),
      createdAt: now,
      expiresAt: wire.expires_at,
    };
    await putToken(table, token);
    return context.json({ ...toWireToken(token, now), token: formatToken(token.tokenId, secret) }, 201);
  });

  app.get("/", async (context) => {
    unlimitedCallerWith(context, "admin");
    const page = await listTokens(table, parseOrProblem(listSchema, queryOf(context)));
    const now = clock();
    const tokens = page.items.map((token) => toWireToken(token, now));
    return context.json({ tokens, next_cursor: page.nextCursor ?? null });
  });

  app.delete("/:id", async (context) => {
    unlimitedCallerWith(context, "admin");
    const now = clock();
    const token = await revokeToken(table, idOf(context), now);
    if (!token) throw new ProblemError(404, "there is no such token");
    return context.json(toWireToken(token, now));
  });

  return app;
}
