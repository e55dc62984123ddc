import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Attributes, Tracer } from "@opentelemetry/api";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-node";

/** What the exporters of OpenTelemetry's own SDK send. */
export interface Exported {
  readonly spans: readonly ReadableSpan[];
  readonly json: Buffer;
  readonly protobuf: Buffer;
}

/** Takes what exporters send, and answers that all is well. */
export async function openExporters() {
  const bodies: Buffer[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    bodies.push(Buffer.concat(parts));
    response.writeHead(200, { "content-type": request.headers["content-type"] }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`;
  const toJson = new JsonExporter({ url });
  const toProtobuf = new ProtobufExporter({ url });

  const sent = (exporter: typeof toJson | typeof toProtobuf, spans: ReadableSpan[]) =>
    new Promise<Buffer>((resolve, reject) =>
      exporter.export(spans, ({ error }) => {
        const body = bodies.pop();
        if (body === undefined) reject(error ?? new Error("nothing was sent"));
        else resolve(body);
      }),
    );

  return {
    /** @param make makes spans, and ends them */
    async export(make: (tracer: Tracer) => void, resource: Attributes = {}): Promise<Exported> {
      const memory = new InMemorySpanExporter();
      const provider = new NodeTracerProvider({
        resource: resourceFromAttributes(resource),
        spanProcessors: [new SimpleSpanProcessor(memory)],
      });
      make(provider.getTracer("application"));
      const spans = memory.getFinishedSpans();
      return { spans, json: await sent(toJson, spans), protobuf: await sent(toProtobuf, spans) };
    },
    async close(): Promise<void> {
      await Promise.all([toJson.shutdown(), toProtobuf.shutdown()]);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type Exporters = Awaited<ReturnType<typeof openExporters>>;
