import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { GoogleGenAI } from "@google/genai";
import { GoogleGenAI as GoogleGenAI1 } from "google-genai-1";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withUsageContext } from "../../context/usage-context.ts";
import { testTracker } from "../../testing/test-tracker.ts";

const OPERATION = "models/veo-3.1-generate-preview/operations/abcdefghijkl";

/** https://ai.google.dev/gemini-api/docs/video · https://ai.google.dev/gemini-api/docs/batch-api */
const answers: Record<string, object> = {
  "POST /v1beta/models/veo-3.1-generate-preview:predictLongRunning": { name: OPERATION },
  [`GET /v1beta/${OPERATION}`]: {
    name: OPERATION,
    done: true,
    response: {
      generateVideoResponse: { generatedSamples: [{ video: { uri: "https://example.com/a.mp4" } }] },
    },
  },
  "GET /v1beta/batches/abc123": {
    name: "batches/abc123",
    metadata: {
      name: "batches/abc123",
      model: "models/gemini-2.5-flash",
      state: "BATCH_STATE_SUCCEEDED",
      endTime: "2026-11-24T10:00:00.000Z",
      updateTime: "2026-11-24T10:00:00.000Z",
      output: {
        inlinedResponses: {
          inlinedResponses: [
            {
              response: {
                responseId: "first",
                modelVersion: "gemini-2.5-flash",
                usageMetadata: { promptTokenCount: 7, candidatesTokenCount: 3, totalTokenCount: 10 },
              },
            },
            { error: { code: 8, message: "the secret of the sphinx" } },
          ],
        },
      },
    },
    done: true,
  },
};

let server: Server;
let baseUrl: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    const answer = answers[`${request.method} ${request.url?.split("?")[0]}`];
    response.writeHead(answer === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(answer ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const versions = [
  { version: 1, Client: GoogleGenAI1 as unknown as typeof GoogleGenAI },
  { version: 2, Client: GoogleGenAI },
];

describe.each(versions)("what takes long, with @google/genai $version", ({ Client }) => {
  function setting() {
    const { tracker, metrics } = testTracker();
    const client = tracker.wrap(new Client({ apiKey: "key", httpOptions: { baseUrl } }));
    const recorded = async () => {
      await tracker.flush();
      return metrics;
    };
    return { client, recorded };
  }

  it("records a video once it is there, by its seconds and in the context that asked for it", async () => {
    const { client, recorded } = setting();
    const asked = await withUsageContext({ team: "film" }, () =>
      client.models.generateVideos({
        model: "veo-3.1-generate-preview",
        source: { prompt: "the secret of the sphinx" },
        config: { durationSeconds: 6, resolution: "1080p" },
      }),
    );
    expect(await recorded()).toEqual([]);
    const operation = await client.operations.getVideosOperation({ operation: asked });
    expect(operation.response?.generatedVideos).toHaveLength(1);
    await client.operations.getVideosOperation({ operation });
    expect(await recorded()).toMatchObject([
      {
        request_id: OPERATION,
        team: "film",
        model: "veo-3.1-generate-preview",
        operation: "generate_videos",
        usage: { video_second: 6 },
        served: { resolution: "1080p" },
      },
    ]);
  });

  it("records a video of another process without its length, which nobody told", async () => {
    const { client, recorded } = setting();
    const { client: other } = setting();
    const asked = await other.models.generateVideos({
      model: "veo-3.1-generate-preview",
      source: { prompt: "Hello" },
    });
    await client.operations.getVideosOperation({ operation: asked });
    expect(await recorded()).toMatchObject([
      { request_id: OPERATION, model: "veo-3.1-generate-preview", usage: { x_videos: 1 } },
    ]);
  });

  it("records the answers of a batch once, at the time and the tier of the batch", async () => {
    const { client, recorded } = setting();
    const job = await client.batches.get({ name: "batches/abc123" });
    expect(job.dest?.inlinedResponses).toHaveLength(2);
    await client.batches.get({ name: "batches/abc123" });
    const metrics = await recorded();
    const shared = { batch_id: "batches/abc123", timestamp: "2026-11-24T10:00:00.000Z" };
    expect(metrics).toMatchObject([
      {
        ...shared,
        request_id: "first",
        usage: { input: 7, output: 3 },
        requested: { model: "gemini-2.5-flash", tier: "batch" },
      },
      { ...shared, request_id: "batches/abc123/1", usage: {}, error: "BatchItemError" },
    ]);
    expect(metrics[0]?.latency_ms).toBeUndefined();
    expect(JSON.stringify(metrics)).not.toContain("sphinx");
  });
});
