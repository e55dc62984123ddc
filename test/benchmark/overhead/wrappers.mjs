// How each product wraps a client, as its documentation says. A wrapper is made once in a worker's process.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** @returns what imports from the folder in which the rivals are installed */
function importerOf(folder) {
  const { resolve } = createRequire(join(folder, "package.json"));
  return (name) => import(pathToFileURL(resolve(name)).href);
}

/** What all that build on OpenTelemetry share: spans in batches to an OTLP endpoint, with the defaults. */
async function tracing(load, sink) {
  const { NodeTracerProvider } = await load("@opentelemetry/sdk-trace-node");
  const { BatchSpanProcessor } = await load("@opentelemetry/sdk-trace-base");
  const { OTLPTraceExporter } = await load("@opentelemetry/exporter-trace-otlp-http");
  const exporter = new OTLPTraceExporter({ url: `${sink}/v1/traces` });
  const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
  provider.register();
  return provider;
}

async function instrumented({ load, sink, OpenAI }, name) {
  const provider = await tracing(load, sink);
  const { OpenAIInstrumentation } = await load(name);
  const instrumentation = new OpenAIInstrumentation();
  instrumentation.setTracerProvider(provider);
  instrumentation.manuallyInstrument(OpenAI);
  return { wrap: (client) => client, flush: () => provider.forceFlush() };
}

const nothing = { set: async () => ({ wrap: (client) => client, flush: async () => {} }) };

export const wrappers = {
  bare: nothing,
  "bare-asking": nothing,

  "ai-usage": {
    async set({ ours, sink, spool }) {
      const { createTracker } = await import(pathToFileURL(join(ours, "esm", "index.js")).href);
      const tracker = createTracker({
        apiUrl: sink,
        token: "benchmark",
        spoolDirectory: spool,
        defaults: { team: "benchmark" },
        onProblem: (problem) => process.send?.({ kind: "problem", problem: String(problem.error) }),
      });
      return { wrap: (client) => tracker.wrap(client), flush: () => tracker.flush() };
    },
  },

  langfuse: {
    async set({ load, sink }) {
      const { NodeTracerProvider } = await load("@opentelemetry/sdk-trace-node");
      const { LangfuseSpanProcessor } = await load("@langfuse/otel");
      const { observeOpenAI } = await load("@langfuse/openai");
      const processor = new LangfuseSpanProcessor({ publicKey: "pk", secretKey: "sk", baseUrl: sink });
      const provider = new NodeTracerProvider({ spanProcessors: [processor] });
      provider.register();
      return { wrap: (client) => observeOpenAI(client), flush: () => processor.forceFlush() };
    },
  },

  openllmetry: {
    patches: true,
    set: (parts) => instrumented(parts, "@traceloop/instrumentation-openai"),
  },

  openinference: {
    patches: true,
    set: (parts) => instrumented(parts, "@arizeai/openinference-instrumentation-openai"),
  },
};

export { importerOf };
