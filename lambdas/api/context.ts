import { randomUUID } from "node:crypto";
import type { ApprovalPolicy, Caller, Instant, PriceEdit, TokenRole, UnpricedPolicy } from "@ai-usage/core";
import type { PriceSource } from "@ai-usage/ingest";
import type { Table } from "@ai-usage/store";
import { fieldProblem, ProblemError } from "@ai-usage/wire";
import type { Context } from "hono";
import type { LambdaEvent } from "hono/aws-lambda";
import { fromAuthorizerContext, requireRole } from "../caller.ts";
import { parseJsonBody } from "../json-body.ts";
import type { ChannelParts } from "./channel-parts.ts";

/** What the routes are made with. */
export interface ApiParts {
  readonly table: Table;
  readonly clock: () => Instant;
  readonly prices: PriceSource;
  /** Metadata that makes a custom scope of its own. */
  readonly scopeMetadataKeys: readonly string[];
  readonly unpricedPolicy: UnpricedPolicy;
  /** Which increases of budgets take a second person. */
  readonly approval: ApprovalPolicy;
  readonly channels: ChannelParts;
  /** Sets somebody to work on it; returns before it is done. */
  readonly startRestatement: (restatementId: string) => Promise<void>;
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
  const { searchParams } = new URL(context.req.url);
  for (const name of new Set(searchParams.keys())) {
    if (searchParams.getAll(name).length > 1) throw fieldProblem(name.slice(0, 64), "must be given once");
  }
  return Object.fromEntries(searchParams);
}

/** @throws ProblemError 404 when the path holds what can be no id of ours: a key of the table has its limits */
export function idOf(context: ApiContext): string {
  const id = context.req.param("id") ?? "";
  if (!/^\w{1,64}$/.test(id)) throw new ProblemError(404, "there is nothing of this id");
  return id;
}

const ID_DIGITS = 16;

/** `adj_1f9c…`: what it is of, and chance. */
export function newId(prefix: string): string {
  return `${prefix}_${randomUUID().replaceAll("-", "").slice(0, ID_DIGITS)}`;
}

export function editBy({ tokenId }: Caller, at: Instant): PriceEdit {
  return { editId: newId("edt"), at, by: tokenId };
}

/** Ids of alerts name what happened: longer than others, and with other signs. */
export function alertIdOf(context: ApiContext): string {
  const id = context.req.param("id") ?? "";
  if (!/^[\w.~-]{1,700}$/.test(id)) throw noSuchAlert();
  return id;
}

export const noSuchAlert = () => new ProblemError(404, "there is no such alert");

/** The body of a request that needs none: acting on something may say nothing more. */
export async function optionalBodyOf(context: ApiContext): Promise<unknown> {
  const { byteLength } = await context.req.arrayBuffer();
  return byteLength === 0 ? {} : jsonBodyOf(context);
}

/** @throws ProblemError when the body is no JSON */
export async function jsonBodyOf({ req }: ApiContext): Promise<unknown> {
  return parseJsonBody({
    contentType: req.header("content-type"),
    contentEncoding: req.header("content-encoding"),
    bytes: new Uint8Array(await req.arrayBuffer()),
  });
}
