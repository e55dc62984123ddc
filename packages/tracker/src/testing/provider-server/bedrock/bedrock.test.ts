import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  type ConverseStreamOutput,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ProviderServer, startProviderServer } from "../provider-server.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterEach(() => server.reset());
afterAll(() => server.close());

const modelId = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
const converse = { modelId, messages: [{ role: "user" as const, content: [{ text: "Hello" }] }] };
const invoke = {
  modelId,
  body: JSON.stringify({ anthropic_version: "bedrock-2023-05-31", max_tokens: 9, messages: [] }),
};

describe.each([{ protocol: "HTTP/2" }, { protocol: "HTTP/1.1" }])(
  "Bedrock over $protocol",
  ({ protocol }) => {
    const clients: BedrockRuntimeClient[] = [];
    afterAll(() => {
      for (const client of clients) client.destroy();
    });
    const client = () => {
      const made = new BedrockRuntimeClient({
        endpoint: server.url,
        region: "us-east-1",
        credentials: { accessKeyId: "id", secretAccessKey: "key" },
        maxAttempts: 1,
        ...(protocol === "HTTP/1.1" && { requestHandler: new NodeHttpHandler() }),
      });
      clients.push(made);
      return made;
    };
    const streamed = async (seen: ConverseStreamOutput[] = []) => {
      const { stream = [] } = await client().send(new ConverseStreamCommand(converse));
      for await (const event of stream) if (seen.push(event) === 2) server.release();
      return seen;
    };

    it("converses", async () => {
      server.nextAnswer({
        usage: { input: 5, cachedInput: 7, cacheWrite: 3, cacheWriteOneHour: 4 },
        serviceTier: "flex",
      });
      const answer = await client().send(new ConverseCommand(converse));
      expect(answer.$metadata.requestId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect(answer).toMatchObject({
        output: { message: { content: [{ text: "Good day! How may I help?" }] } },
        stopReason: "end_turn",
        serviceTier: { type: "flex" },
        usage: {
          inputTokens: 5,
          outputTokens: 10,
          totalTokens: 29,
          cacheReadInputTokens: 7,
          cacheWriteInputTokens: 7,
          cacheDetails: [
            { ttl: "5m", inputTokens: 3 },
            { ttl: "1h", inputTokens: 4 },
          ],
        },
      });
    });

    it("streams a conversation, with the usage in its last event", async () => {
      server.nextAnswer({ toolCalls: [{ name: "tides_at", arguments: { place: "Brest" } }] });
      const events = await streamed();
      expect(events.map((event) => Object.keys(event)[0])).toEqual([
        "messageStart",
        "contentBlockStart",
        "contentBlockDelta",
        "contentBlockStop",
        "messageStop",
        "metadata",
      ]);
      expect(events.at(-1)?.metadata?.usage).toMatchObject({ inputTokens: 19, outputTokens: 10 });
    });

    it("invokes models in their own words, with the counts in headers", async () => {
      const answer = await client().send(new InvokeModelCommand(invoke));
      expect(JSON.parse(answer.body.transformToString())).toMatchObject({
        model: "claude-sonnet-4-5-20250929",
        usage: { input_tokens: 19, output_tokens: 10 },
      });
      const headers = await fetch(`${server.url}/model/meta.llama4/invoke`, {
        method: "POST",
        body: "{}",
      }).then((response) => response.headers);
      expect(headers.get("x-amzn-bedrock-input-token-count")).toBe("19");
      expect(headers.get("x-amzn-bedrock-output-token-count")).toBe("10");
    });

    it.each([
      [modelId, { type: "message_stop" }],
      ["amazon.nova-lite-v1:0", { metadata: { usage: { inputTokens: 19 } } }],
      ["meta.llama4-scout-17b-instruct-v1:0", { generation_token_count: 10 }],
    ])("streams an invocation of %s, with the counts in its last chunk", async (id, words) => {
      const command = new InvokeModelWithResponseStreamCommand({ modelId: id, body: invoke.body });
      const parts: unknown[] = [];
      for await (const { chunk } of (await client().send(command)).body ?? [])
        parts.push(JSON.parse(Buffer.from(chunk?.bytes ?? []).toString()));
      expect(parts.at(-1)).toMatchObject({
        ...words,
        "amazon-bedrock-invocationMetrics": { inputTokenCount: 19, outputTokenCount: 10 },
      });
    });

    it.each([
      [400, "ValidationException"],
      [401, "UnrecognizedClientException"],
      [429, "ThrottlingException"],
      [500, "InternalServerException"],
    ])("fails with %i as %s", async (status, name) => {
      server.next({ kind: "error", status });
      await expect(client().send(new ConverseCommand(converse))).rejects.toMatchObject({
        name,
        $metadata: { httpStatusCode: status },
      });
    });

    it("fails late in a stream", async () => {
      server.next({ kind: "stream_error", afterChunks: 2, error: { status: 429 } });
      await expect(streamed()).rejects.toMatchObject({ name: "ThrottlingException" });
    });

    it("breaks with the connection before the headers and in the body", async () => {
      server.next({ kind: "cut", at: "before_headers" }, { kind: "cut", at: "in_body" });
      await expect(client().send(new ConverseCommand(converse))).rejects.toMatchObject({
        name: "TimeoutError",
      });
      await expect(client().send(new ConverseCommand(converse))).rejects.toThrow();
      const ends = server.requests.map(({ ended }) => ended);
      expect(await Promise.all(ends)).toEqual(["cut", "cut"]);
    });

    it("breaks in a stream, of which the SDK says nothing over HTTP/2", async () => {
      server.next({ kind: "cut", at: { chunk: 2 }, held: true });
      const seen: ConverseStreamOutput[] = [];
      const end = streamed(seen);
      if (protocol === "HTTP/2") await end;
      else await expect(end).rejects.toThrow("aborted");
      expect(seen).toHaveLength(2);
      expect(await server.requests[0]?.ended).toBe("cut");
    });
  },
);
