import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { Certificate } from "./certificates.ts";

interface Received {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A real server on one address of the loopback network, that keeps what it receives. */
export interface Listener extends AsyncDisposable {
  readonly port: number;
  readonly received: Received[];
  /** How many connections there have been, encrypted or not. */
  readonly connections: () => number;
}

export type Answer = (response: ServerResponse, request: IncomingMessage) => void;

export const answerWith =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, headers).end("ok");
  };

/** @param port 0 takes any that is free */
export async function listen(
  certificate: Certificate,
  options: { answer?: Answer; address?: string; port?: number } = {},
): Promise<Listener> {
  const { answer = answerWith(200), address = "127.0.0.1", port: wanted = 0 } = options;
  const received: Received[] = [];
  let connections = 0;
  const server = createServer(certificate, async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    received.push({ path: request.url ?? "", headers: request.headers, body });
    answer(response, request);
  });
  server.on("connection", () => {
    connections += 1;
  });
  server.listen(wanted, address);
  await once(server, "listening");
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("the server has no port");
  return {
    port: bound.port,
    received,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
