import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Instant } from "@ai-usage/core";
import { PROBLEM_MEDIA_TYPE, ProblemError } from "@ai-usage/wire";
import { MemoryLedger } from "./memory-ledger.ts";
import type { RouteAnswer } from "./route.ts";
import { answerRequest } from "./routes.ts";

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** The HTTP API over what is in memory, on a port of this machine: for tests of what talks to it. */
export interface MemoryApi {
  readonly url: string;
  /** The one token that is accepted. */
  readonly token: string;
  readonly ledger: MemoryLedger;
  /** Every request that came, in order. */
  readonly requests: readonly SeenRequest[];
  /** The next requests get these answers instead of their own; `hang` gets none. */
  answerNext(...answers: readonly (RouteAnswer | "drop" | "hang")[]): void;
  close(): Promise<void>;
}

const TOKEN = "aiu_0123456789ab_secret";

export async function startMemoryApi(now: () => Instant): Promise<MemoryApi> {
  const ledger = new MemoryLedger();
  const requests: SeenRequest[] = [];
  const next: (RouteAnswer | "drop" | "hang")[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const request = await readRequest(incoming);
    requests.push(request);
    const planned = next.shift();
    if (planned === "hang") return;
    if (planned === "drop") return void incoming.socket.destroy();
    reply(outgoing, planned ?? answer(ledger, incoming, request, now()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    token: TOKEN,
    ledger,
    requests,
    answerNext: (...answers) => void next.push(...answers),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function readRequest(incoming: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const url = new URL(incoming.url ?? "/", "http://localhost");
  return {
    method: incoming.method ?? "GET",
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    body: text === "" ? undefined : JSON.parse(text),
  };
}

function answer(
  ledger: MemoryLedger,
  { headers }: IncomingMessage,
  request: SeenRequest,
  now: Instant,
): RouteAnswer {
  if (request.path !== "/health" && headers.authorization !== `Bearer ${TOKEN}`) {
    // As API Gateway says it, which is no problem document.
    return { status: 403, body: { message: "Forbidden" } };
  }
  try {
    return answerRequest(ledger, { ...request, now });
  } catch (error) {
    if (!(error instanceof ProblemError)) return { status: 500, body: { message: String(error) } };
    return { status: error.problem.status, body: error.problem };
  }
}

function reply(outgoing: ServerResponse, { status, body }: RouteAnswer): void {
  const isProblem = typeof body === "object" && body !== null && "detail" in body;
  outgoing.writeHead(status, { "content-type": isProblem ? PROBLEM_MEDIA_TYPE : "application/json" });
  outgoing.end(typeof body === "string" ? body : JSON.stringify(body));
}
