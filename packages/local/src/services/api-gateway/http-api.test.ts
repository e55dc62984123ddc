import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { type RunningStack, runStack } from "../../run-stack.ts";
import { loadAssembly } from "../../template/assembly.ts";
import { Stack } from "../../template/stack.ts";
import { functionResource, temporaryDirectory, writeAssembly } from "../../testing/fixture-assembly.ts";

const echo = `export const handler = async (event) => {
  if (event.rawPath === "/throw") throw new Error("no");
  if (event.rawPath === "/bare") return { plain: true };
  if (event.rawPath === "/teapot") return {
    statusCode: 418, headers: { "x-kind": "tea" }, cookies: ["a=1", "b=2"], body: Buffer.from("tea").toString("base64"), isBase64Encoded: true };
  return { statusCode: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(event) };
}`;

const authorizer = `let asked = 0;
export const handler = async (event) => {
  asked += 1;
  const [token] = event.identitySource;
  if (token === "Bearer broken") throw new Error("broken");
  return { isAuthorized: token.startsWith("Bearer good"), context: { token, asked } };
}`;

const integration = (fn: string) => ({
  Type: "AWS::ApiGatewayV2::Integration",
  Properties: {
    ApiId: { Ref: "Api" },
    IntegrationType: "AWS_PROXY",
    IntegrationUri: { "Fn::GetAtt": [fn, "Arn"] },
    PayloadFormatVersion: "2.0",
  },
});
const route = (RouteKey: string, to: string, authorized = true) => ({
  Type: "AWS::ApiGatewayV2::Route",
  Properties: {
    ApiId: { Ref: "Api" },
    RouteKey,
    Target: { "Fn::Join": ["", ["integrations/", { Ref: to }]] },
    AuthorizationType: authorized ? "CUSTOM" : "NONE",
    ...(authorized && { AuthorizerId: { Ref: "Token" } }),
  },
});

const directory = temporaryDirectory();
let stack: RunningStack;

beforeAll(async () => {
  writeAssembly(join(directory.path, "assembly"), {
    functions: { echo, authorizer },
    resources: {
      Echo: functionResource("echo"),
      Authorizer: functionResource("authorizer"),
      Api: { Type: "AWS::ApiGatewayV2::Api", Properties: { Name: "fixture", ProtocolType: "HTTP" } },
      Token: {
        Type: "AWS::ApiGatewayV2::Authorizer",
        Properties: {
          AuthorizerType: "REQUEST",
          AuthorizerPayloadFormatVersion: "2.0",
          EnableSimpleResponses: true,
          IdentitySource: ["$request.header.Authorization"],
          AuthorizerResultTtlInSeconds: 30,
          AuthorizerUri: {
            "Fn::Sub":
              // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of Fn::Sub
              "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Authorizer.Arn}/invocations",
          },
        },
      },
      Integration: integration("Echo"),
      Health: route("GET /health", "Integration", false),
      Post: route("POST /ai_usage", "Integration"),
      Rest: route("ANY /{proxy+}", "Integration"),
    },
  });
  const assembly = await loadAssembly(join(directory.path, "assembly"));
  stack = await runStack({ stack: new Stack(assembly), state: join(directory.path, "state"), port: 0 });
});

afterAll(async () => {
  await stack?.stop();
  directory.remove();
});

const call = (path: string, init: RequestInit = {}) => fetch(stack.apiUrl + path, init);
const authorized = (token = "good"): RequestInit => ({ headers: { authorization: `Bearer ${token}` } });
const authorizerContext = z
  .object({
    requestContext: z.object({ authorizer: z.object({ lambda: z.record(z.string(), z.unknown()) }) }),
  })
  .transform((event) => event.requestContext.authorizer.lambda);
const read = async (response: Promise<Response>): Promise<unknown> => (await response).json();
const answer = async (response: Promise<Response>) => ({
  status: (await response).status,
  body: await read(response),
});

describe("HTTP API", () => {
  it("hands a request on in payload format 2.0", async () => {
    const response = await call("/budgets/a%20b?scope=x&scope=y&z=%26", {
      method: "PUT",
      headers: {
        authorization: "Bearer good",
        "X-Mixed-Case": "Yes",
        cookie: "a=1; b=2",
        "content-type": "application/json",
      },
      body: '{"a":"ü"}',
    });
    expect(await response.json()).toMatchObject({
      version: "2.0",
      routeKey: "ANY /{proxy+}",
      rawPath: "/budgets/a b",
      rawQueryString: "scope=x&scope=y&z=%26",
      cookies: ["a=1", "b=2"],
      headers: { "x-mixed-case": "Yes" },
      queryStringParameters: { scope: "x,y", z: "&" },
      pathParameters: { proxy: "budgets/a b" },
      requestContext: {
        authorizer: { lambda: { token: "Bearer good" } },
        http: { method: "PUT", path: "/budgets/a b", sourceIp: "127.0.0.1" },
        stage: "$default",
      },
      body: '{"a":"ü"}',
      isBase64Encoded: false,
    });
  });

  it("encodes a body that is not text", async () => {
    const headers = { authorization: "Bearer good", "content-type": "application/octet-stream" };
    const response = await call("/ai_usage", { method: "POST", headers, body: new Uint8Array([255, 0, 1]) });
    expect(await response.json()).toMatchObject({
      body: "/wAB",
      isBase64Encoded: true,
      routeKey: "POST /ai_usage",
    });
  });

  it("encodes JSON that is packed, every byte of it", async () => {
    const packed = gzipSync('{"a":"ü"}');
    const headers = {
      authorization: "Bearer good",
      "content-type": "application/json",
      "content-encoding": "gzip",
    };
    const response = await call("/ai_usage", { method: "POST", headers, body: new Uint8Array(packed) });
    expect(await response.json()).toMatchObject({ body: packed.toString("base64"), isBase64Encoded: true });
  });

  it("asks for no authorization where the route does not", async () => {
    const event = await read(call("/health"));
    expect(event).toMatchObject({ routeKey: "GET /health", isBase64Encoded: false });
    expect(event).not.toHaveProperty("requestContext.authorizer");
  });

  it("refuses as API Gateway does", async () => {
    expect(await answer(call("/x"))).toEqual({ status: 401, body: { message: "Unauthorized" } });
    expect(await answer(call("/x", authorized("bad")))).toEqual({
      status: 403,
      body: { message: "Forbidden" },
    });
    expect(await answer(call("/x", authorized("broken")))).toEqual({
      status: 500,
      body: { message: "Internal Server Error" },
    });
    expect(await answer(call("/"))).toEqual({ status: 404, body: { message: "Not Found" } });
    expect(await answer(call("/%E0%A4%A"))).toEqual({ status: 400, body: { message: "Bad Request" } });
    expect(await answer(call("/throw", authorized()))).toEqual({
      status: 500,
      body: { message: "Internal Server Error" },
    });
  });

  it("refuses a body over 10 MB", async () => {
    const body = new Uint8Array(10 * 1024 * 1024 + 1);
    const response = call("/ai_usage", { method: "POST", body, ...authorized() });
    expect(await answer(response)).toEqual({ status: 413, body: { message: "Request Entity Too Large" } });
  });

  it("keeps an authorizer's answer for its identity", async () => {
    const first = await read(call("/x", authorized("good-cached")));
    const second = await read(call("/y", authorized("good-cached")));
    expect(authorizerContext.parse(second)).toEqual(authorizerContext.parse(first));
  });

  it("gives back what the function answers", async () => {
    const teapot = await call("/teapot", authorized());
    expect(teapot.status).toBe(418);
    expect(teapot.headers.get("x-kind")).toBe("tea");
    expect(teapot.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(await teapot.text()).toBe("tea");
    expect(await answer(call("/bare", authorized()))).toMatchObject({ status: 200, body: { plain: true } });
  });
});
