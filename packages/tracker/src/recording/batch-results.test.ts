import OpenAI, { toFile } from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { trackerInMemory } from "../providers/testing/same-as-bare.ts";
import { type ProviderServer, startProviderServer } from "../testing/provider-server/provider-server.ts";

let server: ProviderServer;
let results: { readonly output: string; readonly errors: string };

beforeAll(async () => {
  server = await startProviderServer();
  const client = newClient();
  const lines = ["a", "b"].map((custom_id) =>
    JSON.stringify({
      custom_id,
      method: "POST",
      url: "/v1/chat/completions",
      body: { model: "gpt-4o-mini", messages: [{ role: "user", content: "Guten Tag, schön" }] },
    }),
  );
  const file = await toFile(Buffer.from(lines.join("\n")), "in.jsonl");
  const { id: input_file_id } = await client.files.create({ file, purpose: "batch" });
  const endpoint = "/v1/chat/completions";
  const { id } = await client.batches.create({ input_file_id, endpoint, completion_window: "24h" });
  server.finishBatches({ failing: ["b"] });
  const batch = await client.batches.retrieve(id);
  results = { output: batch.output_file_id ?? "", errors: batch.error_file_id ?? "" };
});
afterAll(() => server.close());

const newClient = () => new OpenAI({ apiKey: "k", baseURL: server.openAIUrl });
const content = (id: string) => newClient().files.content(id);

const CALL = {
  request_id: expect.stringMatching(/^chatcmpl-/),
  batch_id: "batch_1",
  service: "openai",
  model: "gpt-4o-mini",
  usage: expect.objectContaining({ input: 19, output: 10 }),
  served: { tier: "batch" },
};

describe("results of a batch of OpenAI's", () => {
  it("are a call each, at the batch's price, and the same when they are recorded again", async () => {
    const { tracker, metrics } = trackerInMemory();
    const format = "openai.batch_line";
    const options = { batchId: "batch_1" };
    expect(await tracker.recordBatchResults(format, await content(results.output), options)).toBe(1);
    expect(
      await tracker.recordBatchResults(format, await (await content(results.output)).text(), options),
    ).toBe(1);
    const lines = (await (await content(results.output)).text()).trim().split("\n");
    await tracker.recordBatchResults(format, lines, options);
    await tracker.recordBatchResults(
      format,
      lines.map((line) => JSON.parse(line)),
      options,
    );
    expect(metrics).toHaveLength(4);
    for (const metric of metrics) expect(metric).toEqual(metrics[0]);
    expect(metrics[0]).toEqual(expect.objectContaining(CALL));
    expect(metrics[0]).not.toHaveProperty("latency_ms");
  });

  it("that failed have the class of their error, and cost nothing", async () => {
    const { tracker, metrics } = trackerInMemory();
    await tracker.recordBatchResults("openai.batch_line", await content(results.errors));
    expect(metrics).toEqual([
      expect.objectContaining({ error: "invalid_request_error", usage: {}, service: "openai" }),
    ]);
  });
});
