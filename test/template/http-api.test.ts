import { describe, expect, it } from "vitest";
import { functionNamed, type Part, readable, resourcesOf } from "./reading.ts";
import { template } from "./synthesized.ts";

const routes = (): Part[] =>
  resourcesOf(template(), "AWS::ApiGatewayV2::Route").map((route) => route.Properties);

function functionBehind(route: Part): string {
  const [, integrationId] = route.Target["Fn::Join"][1];
  const integration = template().findResources("AWS::ApiGatewayV2::Integration")[integrationId.Ref];
  expect(integration?.Properties).toMatchObject({
    IntegrationType: "AWS_PROXY",
    PayloadFormatVersion: "2.0",
  });
  const [functionId] = integration?.Properties.IntegrationUri["Fn::GetAtt"] ?? [];
  const fn = template().findResources("AWS::Lambda::Function")[functionId];
  return fn?.Properties.Environment.Variables.POWERTOOLS_SERVICE_NAME;
}

describe("the HTTP API", () => {
  it("takes what is to be stored to ingest and all else to the api", () => {
    expect(Object.fromEntries(routes().map((route) => [route.RouteKey, functionBehind(route)]))).toEqual({
      "GET /health": "ai-usage-api",
      "GET /openapi.json": "ai-usage-api",
      "POST /ai_usage": "ai-usage-ingest",
      "POST /outcomes": "ai-usage-ingest",
      "POST /v1/traces": "ai-usage-ingest",
      "ANY /{proxy+}": "ai-usage-api",
    });
  });

  it("asks for a token on every route but those that say nothing of anybody", () => {
    const [authorizer] = Object.keys(template().findResources("AWS::ApiGatewayV2::Authorizer"));
    for (const route of routes()) {
      expect(route).toMatchObject(
        ["GET /health", "GET /openapi.json"].includes(route.RouteKey)
          ? { AuthorizationType: "NONE" }
          : { AuthorizationType: "CUSTOM", AuthorizerId: { Ref: authorizer } },
      );
    }
  });

  it("has the token checked by the authorizer, and believes the answer for half a minute", () => {
    const [authorizer] = resourcesOf(template(), "AWS::ApiGatewayV2::Authorizer");
    expect(authorizer?.Properties).toMatchObject({
      AuthorizerType: "REQUEST",
      AuthorizerPayloadFormatVersion: "2.0",
      EnableSimpleResponses: true,
      IdentitySource: ["$request.header.Authorization"],
      AuthorizerResultTtlInSeconds: 30,
    });
    const [functionId] = functionNamed(template(), "authorizer");
    expect(JSON.stringify(authorizer?.Properties.AuthorizerUri)).toContain(functionId);
  });

  it("limits the rate of requests", () => {
    template().hasResourceProperties("AWS::ApiGatewayV2::Stage", {
      StageName: "$default",
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 2000 },
    });
  });

  it("logs each request, and no token", () => {
    const [stage] = resourcesOf(template(), "AWS::ApiGatewayV2::Stage");
    const { DestinationArn, Format } = stage?.Properties.AccessLogSettings ?? {};
    expect(readable(template(), DestinationArn)).toBe("AWS::Logs::LogGroup.Arn");
    expect(Object.keys(JSON.parse(Format))).toContain("status");
    expect(Format).not.toMatch(/authorization/i);
  });
});
