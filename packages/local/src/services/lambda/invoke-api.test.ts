import { join } from "node:path";
import { InvokeCommand, LambdaClient, ResourceNotFoundException } from "@aws-sdk/client-lambda";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LOCAL_AWS } from "../../engine/index.ts";
import { loadAssembly } from "../../template/assembly.ts";
import { Stack } from "../../template/stack.ts";
import { functionResource, temporaryDirectory, writeAssembly } from "../../testing/fixture-assembly.ts";
import { type LoopbackServer, listenOnLoopback } from "../loopback-server.ts";
import { Queues } from "../sqs.ts";
import { AsyncInvocations } from "./async-invocations.ts";
import { createFunctions, type Functions } from "./functions.ts";
import { lambdaApi } from "./invoke-api.ts";

let directory: ReturnType<typeof temporaryDirectory>;
let stack: Stack;
let functions: Functions;
let invocations: AsyncInvocations;
let delivered: { name: string; event: unknown }[];
let server: LoopbackServer;
let lambda: LambdaClient;

beforeEach(async () => {
  directory = temporaryDirectory();
  delivered = [];
  const assembly = join(directory.path, "assembly");
  writeAssembly(assembly, {
    functions: { echo: "export const handler = async (event) => event;" },
    resources: { Echo: functionResource("echo") },
  });
  stack = new Stack(await loadAssembly(assembly));
  functions = createFunctions(stack, { endpoints: {}, logDirectory: join(directory.path, "logs") });
  invocations = openInvocations();
  server = await listenOnLoopback(0);
  server.serve(lambdaApi(functions, invocations));
  const { region, ...credentials } = LOCAL_AWS;
  lambda = new LambdaClient({ endpoint: server.url, region, credentials });
});

afterEach(async () => {
  lambda.destroy();
  await server.stop();
  await invocations.stop();
  await functions.stop();
  directory.remove();
});

function openInvocations(): AsyncInvocations {
  return new AsyncInvocations({
    stack,
    invoke: async (name, event) => {
      delivered.push({ name, event });
      return functions.invoke(name, event);
    },
    queues: new Queues(stack, join(directory.path, "queues")),
    journalFile: join(directory.path, "journal.jsonl"),
    log: () => {},
  });
}

const send = (FunctionName: string, InvocationType: "Event" | "RequestResponse") =>
  lambda.send(new InvokeCommand({ FunctionName, InvocationType, Payload: '{"n":1}' }));

describe("Invoke with the SDK", () => {
  it("waits for a function and answers what it answered", async () => {
    const answer = await send("echo", "RequestResponse");
    expect(answer.Payload?.transformToString()).toBe('{"n":1}');
    expect(invocations.pending).toBe(0);
  });

  it("has an event on disk before it answers, and delivers it after a restart", async () => {
    expect((await send("echo", "Event")).StatusCode).toBe(202);
    expect(delivered).toEqual([]);

    const accepted = invocations;
    invocations = openInvocations();
    await accepted.stop();
    expect(invocations.pending).toBe(1);
    invocations.start();
    await invocations.drained();
    expect(delivered).toEqual([{ name: "echo", event: { n: 1 } }]);
  });

  it("accepts no event for a function that the stack does not have", async () => {
    await expect(send("nobody", "Event")).rejects.toThrow(ResourceNotFoundException);
    expect(invocations.pending).toBe(0);
  });
});
