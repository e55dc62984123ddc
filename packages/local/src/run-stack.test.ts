import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { LOCAL_AWS } from "./engine/index.ts";
import { type RunningStack, runStack } from "./run-stack.ts";
import { loadAssembly } from "./template/assembly.ts";
import { Stack } from "./template/stack.ts";
import { functionResource, temporaryDirectory, writeAssembly } from "./testing/fixture-assembly.ts";

/** Fails the invocation that tells it to, else answers with its environment and what it was sent. */
const probe = `import { appendFileSync } from "node:fs";
export const handler = async (event) => {
  appendFileSync(process.env.SEEN_FILE, JSON.stringify(event) + "\\n");
  if (event.fail) throw new TypeError("told to");
  return { event, environment: process.env };
};`;

const maker = `export const handler = async ({ ResponseURL, RequestType, ResourceProperties, ...former }) => {
  const Status = ResourceProperties.Refuse ? "FAILED" : "SUCCESS";
  const { PhysicalResourceId = "made", OldResourceProperties: { Size } = {} } = former;
  const Answer = [RequestType, PhysicalResourceId, Size ?? "none", ResourceProperties.Size].join(" ");
  const body = JSON.stringify({ Status, Reason: "refused", PhysicalResourceId, Data: { Answer } });
  await fetch(ResponseURL, { method: "PUT", body });
};`;

/** Hands what it is sent to another function and does not wait for it, as a handler does on AWS. */
const lambdaSdk = pathToFileURL(createRequire(import.meta.url).resolve("@aws-sdk/client-lambda")).href;
const caller = `import { InvokeCommand, LambdaClient } from ${JSON.stringify(lambdaSdk)};
const lambda = new LambdaClient();
export const handler = async ({ to, payload }) => {
  const Payload = JSON.stringify(payload);
  const answer = await lambda.send(new InvokeCommand({ FunctionName: to, InvocationType: "Event", Payload }));
  return { status: answer.StatusCode };
};`;

const directory = temporaryDirectory();
const seenFile = join(directory.path, "seen.jsonl");
const assembly = join(directory.path, "assembly");
const state = join(directory.path, "state");
const key = [{ AttributeName: "PK", KeyType: "HASH" }];
const attributes = [{ AttributeName: "PK", AttributeType: "S" }];

const resources = {
  Table: {
    Type: "AWS::DynamoDB::Table",
    Properties: {
      KeySchema: key,
      AttributeDefinitions: attributes,
      BillingMode: "PAY_PER_REQUEST",
      StreamSpecification: { StreamViewType: "NEW_IMAGE" },
    },
  },
  Probe: functionResource("probe", {
    Environment: { Variables: { TABLE: { Ref: "Table" }, SEEN_FILE: seenFile } },
  }),
  Caller: functionResource("caller"),
  Maker: functionResource("maker"),
  Made: {
    Type: "Custom::Made",
    Properties: { ServiceToken: { "Fn::GetAtt": ["Maker", "Arn"] }, Size: "1" },
  },
  Mapping: {
    Type: "AWS::Lambda::EventSourceMapping",
    Properties: {
      EventSourceArn: { "Fn::GetAtt": ["Table", "StreamArn"] },
      FunctionName: { Ref: "Probe" },
      StartingPosition: "TRIM_HORIZON",
      BatchSize: 10,
    },
  },
  Schedule: {
    Type: "AWS::Events::Rule",
    Properties: {
      ScheduleExpression: "rate(1 hour)",
      State: "ENABLED",
      Targets: [{ Id: "Target0", Arn: { "Fn::GetAtt": ["Probe", "Arn"] } }],
    },
  },
  Api: { Type: "AWS::ApiGatewayV2::Api", Properties: { ProtocolType: "HTTP" } },
};

let stack: Stack;
let running: RunningStack;

async function start(): Promise<void> {
  stack = new Stack(await loadAssembly(assembly));
  running = await runStack({ stack, state, port: 0 });
}

beforeAll(async () => {
  writeAssembly(assembly, {
    functions: { probe, maker, caller },
    resources,
    outputs: { Answer: { "Fn::GetAtt": ["Made", "Answer"] } },
  });
  await start();
});

afterAll(async () => {
  await running?.stop();
  directory.remove();
});

const invoke = (name: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${running.lambdaEndpoint}/2015-03-31/functions/${name}/invocations`, {
    method: "POST",
    body,
    headers,
  });
const seen = () =>
  existsSync(seenFile)
    ? readFileSync(seenFile, "utf8")
        .trim()
        .split("\n")
        .map((line): unknown => JSON.parse(line))
    : [];

describe("Lambda", () => {
  it("invokes a function by name or ARN with what the template gives it", async () => {
    const response = await invoke("probe", '{"n":1}');
    expect(response.headers.get("x-amz-executed-version")).toBe("$LATEST");
    expect(await response.json()).toMatchObject({
      event: { n: 1 },
      environment: {
        TABLE: "fixture-Table",
        AWS_REGION: "us-east-1",
        AWS_LAMBDA_FUNCTION_NAME: "probe",
        AWS_ENDPOINT_URL_DYNAMODB: running.dynamodbEndpoint,
      },
    });
    const byArn = await invoke(
      encodeURIComponent("arn:aws:lambda:us-east-1:000000000000:function:probe"),
      "{}",
    );
    expect(byArn.status).toBe(200);
  });

  it("answers with the error of a function that fails", async () => {
    const response = await invoke("probe", '{"fail":true}');
    expect(response.status).toBe(200);
    expect(response.headers.get("x-amz-function-error")).toBe("Unhandled");
    expect(await response.json()).toMatchObject({ errorType: "TypeError", errorMessage: "told to" });
  });

  it("takes an event now and delivers it later", async () => {
    const response = await invoke("probe", '{"later":1}', { "x-amz-invocation-type": "Event" });
    expect(response.status).toBe(202);
    await running.drained();
    expect(seen()).toContainEqual({ later: 1 });
  });

  it.each(["probe", "arn:aws:lambda:us-east-1:000000000000:function:probe"])(
    "lets a function send an event to %s with the SDK",
    async (to) => {
      const payload = { sentTo: to };
      const response = await invoke("caller", JSON.stringify({ to, payload }));
      expect(await response.json()).toEqual({ status: 202 });
      await running.drained();
      expect(seen()).toContainEqual(payload);
    },
  );

  it("tells a function that there is nobody to send an event to", async () => {
    const response = await invoke("caller", '{"to":"nobody","payload":{}}');
    expect(response.headers.get("x-amz-function-error")).toBe("Unhandled");
    expect(await response.json()).toMatchObject({ errorType: "ResourceNotFoundException" });
  });

  it("refuses what Lambda refuses", async () => {
    expect((await invoke("nobody", "{}")).status).toBe(404);
    expect((await invoke("probe", "{not JSON")).status).toBe(400);
    expect((await invoke("probe", `"${"x".repeat(6 * 1024 * 1024)}"`)).status).toBe(413);
    const large = `"${"x".repeat(1024 * 1024)}"`;
    expect((await invoke("probe", large, { "x-amz-invocation-type": "Event" })).status).toBe(413);
  });

  it("does not listen to pages in a browser", async () => {
    expect((await invoke("probe", "{}", { origin: "https://elsewhere.example" })).status).toBe(403);
  });
});

describe("stack on one machine", () => {
  it("feeds a function from the table's stream", async () => {
    const { region, ...credentials } = LOCAL_AWS;
    const client = new DynamoDBClient({ endpoint: running.dynamodbEndpoint, region, credentials });
    await client.send(new PutItemCommand({ TableName: "fixture-Table", Item: { PK: { S: "a" } } }));
    client.destroy();
    await running.drained();
    expect(seen()).toContainEqual({
      Records: [
        expect.objectContaining({ dynamodb: expect.objectContaining({ NewImage: { PK: { S: "a" } } }) }),
      ],
    });
  });

  it("runs its schedules until it stops", async () => {
    const fired = () => seen().filter((event) => JSON.stringify(event).includes('"Scheduled Event"'));
    await running.stop();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], shouldAdvanceTime: true });
    try {
      await start();
      await running.drained();
      expect(fired()).toHaveLength(0);
      vi.advanceTimersByTime(3_600_000);
      await running.drained();
      expect(fired()).toHaveLength(1);
      await running.stop();
      // Past the two seconds in which servers let go of their connections.
      vi.advanceTimersByTime(10_000);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
    await start();
  });

  it("makes a custom resource once per home", async () => {
    expect(stack.output("Answer")).toBe("Create made none 1");
    const file = join(state, "custom-resources.json");
    const made = readFileSync(file, "utf8");
    await running.stop();
    await start();
    expect(readFileSync(file, "utf8")).toBe(made);
    expect(stack.output("Answer")).toBe("Create made none 1");
  });

  const assemblyWith = (properties: Record<string, string>) =>
    writeAssembly(assembly, {
      functions: { probe, maker, caller },
      resources: {
        ...resources,
        Made: { ...resources.Made, Properties: { ...resources.Made.Properties, ...properties } },
      },
      outputs: { Answer: { "Fn::GetAtt": ["Made", "Answer"] } },
    });

  it("updates a custom resource when its properties have changed, and tells it what they were", async () => {
    assemblyWith({ Size: "2" });
    await running.stop();
    await start();
    expect(stack.output("Answer")).toBe("Update made 1 2");
  });

  it("does not start when a custom resource cannot be made or updated", async () => {
    assemblyWith({ Refuse: "true" });
    const started = async (home: string) =>
      runStack({ stack: new Stack(await loadAssembly(assembly)), state: home, port: 0 });
    await expect(started(`${state}-refused`)).rejects.toThrow(
      "custom resource Made could not be made: refused",
    );
    await running.stop();
    await expect(started(state)).rejects.toThrow("custom resource Made could not be updated: refused");
  });
});
