import type { Caller, Instant, TokenRole } from "@ai-usage/core";
import type { Table } from "@ai-usage/store";
import { fieldProblem, ProblemError } from "@ai-usage/wire";
import type { Context } from "hono";
import type { LambdaEvent } from "hono/aws-lambda";
import { fromAuthorizerContext, requireRole } from "../caller.ts";

/** What the routes are made with. */
export interface ApiParts {
  readonly table: Table;
  readonly clock: () => Instant;
}

export interface ApiEnvironment {
  Bindings: { event: LambdaEvent };
}

type ApiContext = Context<ApiEnvironment>;

/** @throws ProblemError 403 when the token lacks the role */
export function callerWith(context: ApiContext, role: TokenRole): Caller {
  const { requestContext } = context.env.event as { requestContext: { authorizer?: { lambda?: unknown } } };
  const caller = fromAuthorizerContext(requestContext.authorizer?.lambda);
  requireRole(caller, role);
  return caller;
}

/** A caller for what concerns the whole deployment and no single scope. */
export function unlimitedCallerWith(context: ApiContext, role: TokenRole): Caller {
  const caller = callerWith(context, role);
  if (caller.scopes) throw new ProblemError(403, "this needs a token that is not limited to scopes");
  return caller;
}

/** The query parameters, each at most once. */
export function queryOf(context: ApiContext): Record<string, string> {
  const entries = Object.entries(context.req.queries()).map(([name, values]) => {
    if (values.length > 1) throw fieldProblem(name.slice(0, 64), "must be given once");
    return [name, values[0] ?? ""] as const;
  });
  return Object.fromEntries(entries);
}

export async function jsonBodyOf(context: ApiContext): Promise<unknown> {
  try {
    return await context.req.json();
  } catch {
    throw fieldProblem("(body)", "must be JSON");
  }
}
