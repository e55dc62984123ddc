import * as z from "zod";
import { UnsupportedTemplateError } from "../../template/errors.ts";
import type { Stack } from "../../template/stack.ts";
import type { InvokeFunction } from "../lambda/functions.ts";
import { type RequestAuthorizer, readAuthorizers } from "./authorizer.ts";

/** A route with what it leads to. */
export interface Route {
  readonly routeKey: string;
  readonly functionArn: string;
  readonly authorizer: RequestAuthorizer | undefined;
}

const apiReading = {
  type: "AWS::ApiGatewayV2::Api",
  schema: z.object({ ProtocolType: z.literal("HTTP") }),
  ignored: ["Name", "Description", "Tags", "DisableExecuteApiEndpoint"],
};

const integrationReading = {
  type: "AWS::ApiGatewayV2::Integration",
  schema: z.object({
    IntegrationType: z.literal("AWS_PROXY"),
    IntegrationUri: z.string(),
    PayloadFormatVersion: z.literal("2.0"),
  }),
  ignored: ["ApiId", "Description", "TimeoutInMillis"],
};

const routeReading = {
  type: "AWS::ApiGatewayV2::Route",
  schema: z.object({
    RouteKey: z.string(),
    Target: z.string(),
    AuthorizationType: z.enum(["NONE", "CUSTOM"]).default("NONE"),
    AuthorizerId: z.string().optional(),
  }),
  ignored: ["ApiId", "OperationName"],
};

/** The template's only HTTP API. */
export function readHttpApi(stack: Stack): { readonly logicalId: string; readonly apiId: string } {
  const apis = stack.resources(apiReading);
  const [api] = apis;
  if (api === undefined || apis.length > 1) {
    throw new Error(`the local runtime needs exactly one HTTP API, the template has ${apis.length}`);
  }
  return { logicalId: api.logicalId, apiId: stack.ref(api.logicalId) ?? api.logicalId };
}

export function readRoutes(stack: Stack, invoke: InvokeFunction): Route[] {
  const authorizers = readAuthorizers(stack, invoke);
  const integrations = new Map(
    stack
      .resources(integrationReading)
      .map(({ logicalId, properties }) => [`integrations/${logicalId}`, properties.IntegrationUri]),
  );
  return stack.resources(routeReading).map(({ logicalId, properties }) => {
    const { RouteKey, Target, AuthorizationType, AuthorizerId } = properties;
    const functionArn = integrations.get(Target);
    if (functionArn === undefined)
      throw new UnsupportedTemplateError(logicalId, "Target", "is no integration");
    const authorizer = authorizers.get(AuthorizerId ?? "");
    if (AuthorizationType === "CUSTOM" && authorizer === undefined) {
      throw new UnsupportedTemplateError(logicalId, "AuthorizerId", "is no authorizer");
    }
    return { routeKey: RouteKey, functionArn, authorizer };
  });
}
