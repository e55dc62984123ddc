import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

/** What happens to a batch: it is stored or not, and answered with a status, or not at all. */
export interface Fate {
  readonly isStored?: boolean;
  /** `cut`: the connection is broken off in place of an answer · `none`: it stays open without one. */
  readonly answer?:
    | "normal"
    | "cut"
    | "none"
    | { readonly status: number; readonly body?: object; readonly headers?: object };
}

interface SeenBatch {
  readonly metrics: readonly Metric[];
  readonly encoding: string | undefined;
  readonly bytes: number;
}

interface Metric {
  readonly request_id: string;
  readonly timestamp?: string;
}

export interface IngestServer {
  readonly url: string;
  readonly port: number;
  /** What is stored, by id. */
  readonly stored: ReadonlyMap<string, Metric>;
  readonly batches: readonly SeenBatch[];
  /** Attempts to store something else under a taken id. */
  readonly conflicts: readonly string[];
  /** Decides on each batch that comes. */
  fate: (metrics: readonly Metric[], index: number) => Fate;
  close(): Promise<void>;
}

const AHEAD_MS_MAX = 5 * 60_000;

/**
 * Stores metrics once by their id, as ingest does, and says so item by item: over HTTP as `POST /ai_usage`, and as the
 * service of AWS Lambda answers for the ingest function.
 */
export async function startIngestServer({
  clockAheadMs = 0,
  port = 0,
}: {
  clockAheadMs?: number;
  port?: number;
} = {}): Promise<IngestServer> {
  const stored = new Map<string, Metric>();
  const batches: SeenBatch[] = [];
  const conflicts: string[] = [];
  const now = () => Date.now() + clockAheadMs;

  const outcomeOf = (metric: Metric, index: number) => {
    const { request_id, timestamp } = metric;
    const field = `metrics[${index}].timestamp`;
    if (timestamp !== undefined && Date.parse(timestamp) > now() + AHEAD_MS_MAX)
      return { request_id, status: "rejected", error: { field, message: "must not be ahead" } };
    if (request_id.startsWith("bad"))
      return { request_id, status: "rejected", error: { field: `metrics[${index}].x`, message: "is wrong" } };
    const known = stored.get(request_id);
    if (known === undefined) stored.set(request_id, metric);
    else if (JSON.stringify(known) !== JSON.stringify(metric)) {
      conflicts.push(request_id);
      return {
        request_id,
        status: "conflict",
        error: { field: `metrics[${index}].request_id`, message: "taken" },
      };
    }
    return { request_id, status: known === undefined ? "recorded" : "duplicate", cost_usd: "0.1" };
  };

  const server = createServer(async (incoming, outgoing) => {
    outgoing.setHeader("date", new Date(now()).toUTCString());
    const raw = await bytesOf(incoming);
    if (incoming.method !== "POST") return void outgoing.writeHead(404).end();
    const encoding = incoming.headers["content-encoding"];
    const { metrics } = JSON.parse(String(encoding === "gzip" ? gunzipSync(raw) : raw)) as {
      metrics: Metric[];
    };
    const { isStored = true, answer = "normal" } = one.fate(metrics, batches.length);
    batches.push({ metrics, encoding, bytes: raw.length });
    const results = isStored ? metrics.map(outcomeOf) : [];
    if (answer === "none") return;
    if (answer === "cut") return void incoming.socket.destroy();
    if (answer !== "normal") return reply(outgoing, answer);
    reply(outgoing, { status: 200, body: { results } });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const bound = (server.address() as AddressInfo).port;
  const one: IngestServer = {
    url: `http://127.0.0.1:${bound}`,
    port: bound,
    stored,
    batches,
    conflicts,
    fate: () => ({}),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return one;
}

/** A problem document, as the API says what is wrong with a request as a whole. */
export const problem = (status: number, detail: string) => ({ status, body: { title: "", status, detail } });

async function bytesOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function reply(
  outgoing: ServerResponse,
  { status, body = {}, headers = {} }: { status: number; body?: object; headers?: object },
): void {
  outgoing.writeHead(status, { "content-type": "application/json", ...headers });
  outgoing.end(JSON.stringify(body));
}
