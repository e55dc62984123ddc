import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createOpenAI } from "@ai-sdk/openai";
import { type ProviderServer, startProviderServer } from "@ai-usage/tracker/testing";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { OpenAIInstrumentation } from "@traceloop/instrumentation-openai";
import { embed, generateText, jsonSchema, stepCountIs, streamText, tool } from "ai";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readDocPage } from "../support/doc-snippets.ts";
import { SnippetRunner } from "../support/snippet-runner.ts";
import { StackProcess } from "../support/stack-process.ts";
import { scanTable } from "../support/stored-sums.ts";

// No code of ours runs in these applications: they know an address and a token.

const repository = fileURLToPath(new URL("../..", import.meta.url));
const home = mkdtempSync(join(tmpdir(), "ai-usage-otel-"));
let stack: StackProcess;
let provider: ProviderServer;

beforeAll(async () => {
  provider = await startProviderServer();
  stack = await StackProcess.start(join(home, "stack"));
});
afterAll(async () => {
  await stack?.stop();
  await provider?.close();
  rmSync(home, { recursive: true, force: true });
});

interface Group {
  readonly api_calls: number;
  readonly failed_calls: number;
  readonly unpriced_calls: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost_usd_exact: string;
}

interface UsageReport {
  readonly aggregations: Readonly<Record<string, Readonly<Record<string, Group>>>>;
}

/** What a group came to, once it has so many calls. */
async function usageOf(dimension: "feature" | "user", name: string, calls: number): Promise<Group> {
  const { api_url, tokens } = stack.addresses;
  for (let waited = 0; waited < 300; waited += 1) {
    const response = await fetch(`${api_url}/ai_usage?aggregation=${dimension}`, {
      headers: { authorization: `Bearer ${tokens.read}` },
    });
    const { aggregations } = (await response.json()) as UsageReport;
    const group = aggregations[`by_${dimension}`]?.[name];
    if (group !== undefined && group.api_calls >= calls) return group;
    await sleep(100);
  }
  throw new Error(`${name} did not come to ${calls} calls in time`);
}

/** An application's own set-up of OpenTelemetry. */
function openTelemetry(feature: string) {
  const exporter = new OTLPTraceExporter({
    url: `${stack.addresses.api_url}/v1/traces`,
    headers: { authorization: `Bearer ${stack.addresses.tokens.ingest}` },
  });
  return new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": feature }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
}

describe("an application with OpenLLMetry alone", () => {
  it("shows up in the usage, as the guide has it", async () => {
    const { snippets } = readDocPage(readFileSync(join(repository, "docs/opentelemetry.md"), "utf8"));
    const [setUp, application] = [
      snippets.find(({ text }) => text.includes("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")),
      snippets.find(({ text }) => text.includes("@traceloop/instrumentation-openai")),
    ];
    if (setUp === undefined || application === undefined) throw new Error("the page has no example");
    const env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      AI_USAGE_API_URL: stack.addresses.api_url,
      AI_USAGE_TOKEN: stack.addresses.tokens.ingest,
      OPENAI_BASE_URL: provider.openAIUrl,
      OPENAI_API_KEY: "sk-test",
    };
    const runner = new SnippetRunner({ repository, directory: join(home, "guide") });
    const variables = await runner.run({ ...setUp, text: `${setUp.text}env | grep ^OTEL_EXPORTER_\n` }, env);
    const told = variables.stdout
      .trim()
      .split("\n")
      .map((line) => line.split(/=(.*)/s).slice(0, 2));
    expect(told).toHaveLength(4);
    const run = await runner.run(application, { ...env, ...Object.fromEntries(told) });
    expect(run).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect(await usageOf("feature", "summaries", 1)).toMatchObject({
      api_calls: 1,
      input_tokens: 19,
      output_tokens: 10,
      // 19 tokens at $0.15 and 10 at $0.60 a million.
      cost_usd_exact: "0.00000885",
    });
  });

  it("has each call counted once, by chats and responses, good ones and failed ones", async () => {
    const openTelemetryProvider = openTelemetry("openllmetry");
    const instrumentation = new OpenAIInstrumentation();
    instrumentation.setTracerProvider(openTelemetryProvider);
    instrumentation.manuallyInstrument(OpenAI);
    const openai = new OpenAI({ baseURL: provider.openAIUrl, apiKey: "sk-test", maxRetries: 0 });
    provider.reset();
    provider.next({ kind: "error", status: 429 }, { kind: "error", status: 500 });
    const messages = [{ role: "user" as const, content: "my secret plan" }];
    // It never ends the span of another call that fails.
    await expect(
      openai.responses.create({ model: "gpt-4o-mini", input: "my secret plan", stream: true }),
    ).rejects.toThrow();
    await expect(
      openai.images.generate({ model: "gpt-image-1", prompt: "my secret plan" }),
    ).rejects.toThrow();
    const good = Array.from({ length: 30 }, (_, index) =>
      index % 3 === 0
        ? openai.responses.create({ model: "gpt-4o-mini", input: "my secret plan" })
        : openai.chat.completions.create({ model: "gpt-4o-mini", messages }),
    );
    await Promise.all(good);
    await openTelemetryProvider.shutdown();
    expect(provider.requests).toHaveLength(32);
    expect(await usageOf("feature", "openllmetry", 32)).toMatchObject({
      api_calls: 32,
      failed_calls: 2,
      unpriced_calls: 0,
      input_tokens: 30 * 19,
      output_tokens: 30 * 10,
    });
  });
});

describe("an application with the AI SDK's own spans", () => {
  it("has each request to the provider counted once, whatever is around it", async () => {
    const openTelemetryProvider = openTelemetry("ai-sdk");
    const telemetry = {
      isEnabled: true,
      tracer: openTelemetryProvider.getTracer("ai"),
      functionId: "my secret plan",
      metadata: { userId: "ada", team: "growth" },
    };
    const openai = createOpenAI({ baseURL: provider.openAIUrl, apiKey: "sk-test" });
    provider.reset();
    provider.nextAnswer({
      usage: { input: 100, cachedInput: 60, output: 20, reasoning: 30 },
      toolCalls: [{ name: "look", arguments: { at: "my secret plan" } }],
    });
    const { steps } = await generateText({
      model: openai("gpt-4o-mini"),
      prompt: "my secret plan",
      tools: {
        look: tool({ inputSchema: jsonSchema({ type: "object" }), execute: async () => "my secret plan" }),
      },
      stopWhen: stepCountIs(2),
      experimental_telemetry: telemetry,
    });
    expect(steps).toHaveLength(2);
    const { textStream } = streamText({
      model: openai.chat("gpt-4o-mini"),
      prompt: "my secret plan",
      experimental_telemetry: telemetry,
    });
    for await (const _text of textStream);
    await embed({
      model: openai.embedding("text-embedding-3-small"),
      value: "my secret plan",
      experimental_telemetry: telemetry,
    });
    await openTelemetryProvider.shutdown();
    expect(provider.requests).toHaveLength(4);
    expect(await usageOf("feature", "ai-sdk", 4)).toMatchObject({
      api_calls: 4,
      failed_calls: 0,
      unpriced_calls: 0,
      input_tokens: 160 + 3 * 19,
      output_tokens: 50 + 2 * 10,
    });
    expect(await usageOf("user", "ada", 4)).toMatchObject({ api_calls: 4 });
  });
});

describe("the table", () => {
  it("has nothing of what was said", async () => {
    const items = JSON.stringify(await scanTable(stack.addresses));
    expect(items).toContain("openllmetry");
    expect(items).not.toContain("secret plan");
    expect(items).not.toContain("How may I help");
  });
});
