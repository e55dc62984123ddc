import * as z from "zod";
import { UnsupportedTemplateError } from "../../template/errors.ts";
import type { Stack } from "../../template/stack.ts";
import type { InvokeFunction } from "../lambda/functions.ts";
import type { GatewayRequest } from "./request.ts";

export type Authorization =
  | { readonly decision: "allowed"; readonly context: Readonly<Record<string, unknown>> }
  | { readonly decision: "unauthorized" }
  | { readonly decision: "forbidden" }
  | { readonly decision: "broken"; readonly reason: string };

const reading = {
  type: "AWS::ApiGatewayV2::Authorizer",
  schema: z.object({
    AuthorizerType: z.literal("REQUEST"),
    AuthorizerPayloadFormatVersion: z.literal("2.0"),
    AuthorizerUri: z.string(),
    EnableSimpleResponses: z.literal(true),
    IdentitySource: z.array(z.string()).default([]),
    AuthorizerResultTtlInSeconds: z.number().default(300),
  }),
  ignored: ["ApiId", "Name", "AuthorizerCredentialsArn"],
};

/** The answer of an authorizer with simple responses. */
const simpleResponse = z.object({
  isAuthorized: z.boolean(),
  context: z.record(z.string(), z.unknown()).nullish(),
});

/** More identities than one machine sees; beyond it the oldest are asked again. */
const MAX_CACHED = 1_000;

export function readAuthorizers(stack: Stack, invoke: InvokeFunction): Map<string, RequestAuthorizer> {
  return new Map(
    stack.resources(reading).map(({ logicalId, properties }) => {
      const functionArn = /functions\/(.+)\/invocations$/.exec(properties.AuthorizerUri)?.[1];
      if (functionArn === undefined) {
        throw new UnsupportedTemplateError(logicalId, "AuthorizerUri", "names no function");
      }
      const unknownSource = properties.IdentitySource.find(
        (source) => identity(source, undefined) === undefined,
      );
      if (unknownSource !== undefined) {
        throw new UnsupportedTemplateError(logicalId, "IdentitySource", `${unknownSource} is not imitated`);
      }
      return [
        logicalId,
        new RequestAuthorizer({
          functionArn,
          identitySources: properties.IdentitySource,
          cacheMs: properties.AuthorizerResultTtlInSeconds * 1000,
          invoke,
        }),
      ];
    }),
  );
}

interface AuthorizerOptions {
  readonly functionArn: string;
  readonly identitySources: readonly string[];
  readonly cacheMs: number;
  readonly invoke: InvokeFunction;
}

/** A Lambda request authorizer, payload 2.0, whose answers are kept per identity for as long as the template says. */
export class RequestAuthorizer {
  readonly #options: AuthorizerOptions;
  readonly #cache = new Map<string, { readonly answer: Authorization; readonly until: number }>();

  constructor(options: AuthorizerOptions) {
    this.#options = options;
  }

  async authorize(request: GatewayRequest, event: Readonly<Record<string, unknown>>): Promise<Authorization> {
    const identities = this.#options.identitySources.map((source) => identity(source, request) ?? "");
    if (identities.includes("")) return { decision: "unauthorized" };

    const key = JSON.stringify(identities);
    const cached = this.#cache.get(key);
    if (cached !== undefined && cached.until > Date.now()) return cached.answer;

    const answer = await this.#ask(identities, event);
    const cacheable = this.#options.cacheMs > 0 && identities.length > 0 && answer.decision !== "broken";
    if (cacheable) this.#remember(key, answer);
    return answer;
  }

  async #ask(
    identities: readonly string[],
    event: Readonly<Record<string, unknown>>,
  ): Promise<Authorization> {
    const { functionArn, invoke } = this.#options;
    const result = await invoke(functionArn, { ...event, type: "REQUEST", identitySource: identities });
    if (result.functionError !== undefined)
      return { decision: "broken", reason: result.payload.errorMessage };
    const response = simpleResponse.safeParse(result.payload);
    if (!response.success)
      return { decision: "broken", reason: "the authorizer's answer has no isAuthorized" };
    if (!response.data.isAuthorized) return { decision: "forbidden" };
    return { decision: "allowed", context: response.data.context ?? {} };
  }

  #remember(key: string, answer: Authorization): void {
    this.#cache.delete(key);
    this.#cache.set(key, { answer, until: Date.now() + this.#options.cacheMs });
    const oldest = this.#cache.keys().next();
    if (this.#cache.size > MAX_CACHED && !oldest.done) this.#cache.delete(oldest.value);
  }
}

/** @returns undefined for a kind of source that is not imitated, "" for one that the request does not have */
function identity(source: string, request: GatewayRequest | undefined): string | undefined {
  const [, kind, name = ""] = /^\$request\.(header|querystring)\.(.+)$/.exec(source) ?? [];
  if (kind === "header") return request?.headers[name.toLowerCase()] ?? "";
  if (kind === "querystring") return request?.queryStringParameters[name] ?? "";
  return undefined;
}
