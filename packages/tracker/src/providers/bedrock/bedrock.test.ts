import {
  BedrockRuntime,
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterAll, afterEach, beforeAll, describe, expect, expectTypeOf, it } from "vitest";
import { type ProviderServer, startProviderServer } from "../../testing/index.ts";
import { testTracker } from "../../testing/test-tracker.ts";

let server: ProviderServer;
const clients: BedrockRuntimeClient[] = [];
beforeAll(async () => {
  server = await startProviderServer();
});
afterEach(() => {
  server.reset();
  for (const client of clients.splice(0)) client.destroy();
});
afterAll(() => server.close());

const modelId = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const content = [{ text: "the secret of the sphinx" }];
const converse = { modelId, messages: [{ role: "user" as const, content }] };
const usage = { input: 5, cachedInput: 7, cacheWrite: 3, cacheWriteOneHour: 2, output: 11 };
const counted = { input: 5, cache_read: 7, cache_write_5m: 3, cache_write_1h: 2, output: 11 };

function setting(maxAttempts = 1) {
  const options = {
    endpoint: server.url,
    region: "us-east-1",
    credentials: { accessKeyId: "id", secretAccessKey: "key" },
    maxAttempts,
    requestHandler: new NodeHttpHandler(),
  };
  const { tracker, metrics } = testTracker();
  const bare = new BedrockRuntimeClient(options);
  const client = tracker.wrap(new BedrockRuntime(options));
  clients.push(bare, client);
  const recorded = async () => {
    await tracker.flush();
    return metrics;
  };
  return { bare, client, recorded, tracker };
}

const withoutMetadata = <Output extends object>(output: Output): object => ({
  ...output,
  $metadata: undefined,
});

const invoke = (model: string, body: object = { messages: [] }) => ({
  modelId: model,
  body: JSON.stringify(body),
});

describe("a wrapped client of Bedrock's runtime", () => {
  it("keeps its type, and is the client that was given", () => {
    const { tracker } = testTracker();
    const given = new BedrockRuntimeClient({ region: "us-east-1" });
    clients.push(given);
    expect(tracker.wrap(given)).toBe(given);
    expectTypeOf(tracker.wrap(given)).toEqualTypeOf<BedrockRuntimeClient>();
  });

  it("converses as before, and records the call once", async () => {
    const { bare, client, recorded, tracker } = setting();
    tracker.wrap(client);
    server.nextAnswer({ usage, serviceTier: "priority" });
    const expected = await bare.send(new ConverseCommand(converse));
    server.nextAnswer({ usage, serviceTier: "priority" });
    const output = await client.send(new ConverseCommand(converse));
    expect(withoutMetadata(output)).toEqual(withoutMetadata(expected));
    const metrics = await recorded();
    expect(metrics).toHaveLength(1);
    expect(metrics[0]).toMatchObject({
      request_id: output.$metadata.requestId,
      service: "bedrock",
      model: modelId,
      operation: "converse",
      usage: counted,
      served: { tier: "priority", region: "us" },
    });
    expect(JSON.stringify(metrics)).not.toMatch(/sphinx|Good day/);
  });

  it("records calls by its methods, with promises and callbacks", async () => {
    const { client, recorded } = setting();
    await client.converse(converse);
    const output = await new Promise((resolve, reject) =>
      client.converse(converse, (error: unknown, data?: object) => (error ? reject(error) : resolve(data))),
    );
    expect(output).toMatchObject({ stopReason: "end_turn" });
    expect(await recorded()).toHaveLength(2);
  });

  it("tells the region that the client is in", async () => {
    const { client, recorded } = setting();
    await client.converse({ ...converse, modelId: "amazon.nova-lite-v1:0" });
    expect(await recorded()).toMatchObject([{ served: { region: "us-east-1" } }]);
  });

  it("counts attempts", async () => {
    const { client, recorded } = setting(3);
    server.next({ kind: "error", status: 503 }, { kind: "error", status: 503 });
    await client.converse(converse);
    expect(await recorded()).toMatchObject([{ attempts: 3, usage: { input: 19, output: 10 } }]);
  });

  it.each([400, 401, 429, 500])("throws as before on status %i, and records that", async (status) => {
    const { bare, client, recorded } = setting();
    const ask = (of: BedrockRuntimeClient) => {
      server.next({ kind: "error", status });
      return of.send(new ConverseCommand(converse)).catch((error: unknown) => error as Error);
    };
    const expected = (await ask(bare)) as Error;
    const error = (await ask(client)) as Error;
    expect([error.constructor, error.message]).toEqual([expected.constructor, expected.message]);
    const metrics = await recorded();
    expect(metrics).toHaveLength(1);
    expect(metrics[0]).toMatchObject({ error: expected.name, model: modelId, usage: {} });
  });

  it("records a call that is aborted", async () => {
    const { client, recorded } = setting();
    const abort = new AbortController();
    server.next({ kind: "silence" });
    const asked = client.converse(converse, { abortSignal: abort.signal });
    await server.arrived(1);
    abort.abort();
    await expect(asked).rejects.toThrow();
    expect(await recorded()).toMatchObject([{ error: "AbortError" }]);
  });
});

describe("a stream of a wrapped client of Bedrock's runtime", () => {
  it("has the same events, and is recorded with the counts of the last", async () => {
    const { bare, client, recorded } = setting();
    const read = async (of: BedrockRuntimeClient) => {
      server.nextAnswer({ usage });
      const { stream = [] } = await of.send(new ConverseStreamCommand(converse));
      const events: object[] = [];
      for await (const event of stream) events.push(event);
      return { events, keys: Object.keys(stream), prototype: Object.getPrototypeOf(stream) };
    };
    const expected = await read(bare);
    expect(await read(client)).toEqual(expected);
    const metrics = await recorded();
    expect(metrics).toMatchObject([{ operation: "converse", model: modelId, usage: counted }]);
    expect(metrics[0]?.time_to_first_token_ms).toBeTypeOf("number");
    expect(metrics[0]?.usage_estimated).toBeUndefined();
  });

  it("that is left early is recorded as estimated", async () => {
    const { client, recorded } = setting();
    const { stream = [] } = await client.converseStream(converse);
    for await (const event of stream) if (event.contentBlockDelta) break;
    const metrics = await recorded();
    expect(metrics).toHaveLength(1);
    expect(metrics[0]).toMatchObject({ usage_estimated: true, usage: { output: 1 } });
    expect(metrics[0]?.usage?.input).toBeGreaterThan(5);
  });

  it("that breaks throws as before, and is recorded with its error", async () => {
    const { bare, client, recorded } = setting();
    const read = async (of: BedrockRuntimeClient) => {
      server.next({ kind: "stream_error", afterChunks: 3 });
      const { stream = [] } = await of.send(new ConverseStreamCommand(converse));
      const events: object[] = [];
      try {
        for await (const event of stream) events.push(event);
      } catch (error) {
        return { events, name: (error as Error).name };
      }
      return { events, name: undefined };
    };
    const expected = await read(bare);
    expect(expected.name).toBeDefined();
    expect(await read(client)).toEqual(expected);
    expect(await recorded()).toMatchObject([{ error: expected.name, usage_estimated: true }]);
  });
});

describe("an invoked model of Bedrock", () => {
  const models = [
    { model: modelId, expected: counted },
    { model: "amazon.nova-lite-v1:0", expected: { input: 5, cache_read: 7, output: 11 } },
    { model: "meta.llama3-70b-instruct-v1:0", expected: { input: 5, output: 11 } },
    { model: "amazon.titan-embed-text-v2:0", expected: { input: 5 } },
  ];

  it.each(models)("$model answers with the same bytes, and is counted", async ({ model, expected }) => {
    const { bare, client, recorded } = setting();
    const ask = async (of: BedrockRuntimeClient) => {
      server.nextAnswer({ usage, body: { id: "fixed" } });
      const { body, contentType } = await of.send(new InvokeModelCommand(invoke(model)));
      return { text: body.transformToString(), kind: body.constructor, contentType };
    };
    expect(await ask(client)).toEqual(await ask(bare));
    expect(await recorded()).toMatchObject([{ operation: "invoke_model", model, usage: expected }]);
  });

  it.each(models.slice(0, 3))(
    "$model streams the same chunks, and is counted by the last",
    async ({ model }) => {
      const { bare, client, recorded } = setting();
      const read = async (of: BedrockRuntimeClient) => {
        server.nextAnswer({ usage, body: { id: "fixed" } });
        const { body = [] } = await of.send(new InvokeModelWithResponseStreamCommand(invoke(model)));
        let count = 0;
        for await (const { chunk } of body) count += chunk?.bytes === undefined ? 0 : 1;
        return count;
      };
      expect(await read(client)).toBe(await read(bare));
      const metrics = await recorded();
      expect(metrics).toHaveLength(1);
      expect(metrics[0]).toMatchObject({ model, usage: { input: 5, cache_read: 7, output: 11 } });
    },
  );

  it("that is left early tells what it had told", async () => {
    const { client, recorded } = setting();
    server.nextAnswer({ usage });
    const { body = [] } = await client.invokeModelWithResponseStream(invoke(modelId));
    let count = 0;
    for await (const _ of body) {
      count += 1;
      if (count === 4) break;
    }
    expect(await recorded()).toMatchObject([
      { usage_estimated: true, usage: { input: 5, cache_read: 7, output: 4 } },
    ]);
  });
});
