import type { Server } from "node:http";
import { createAdaptorServer, type HttpBindings } from "@hono/node-server";

const HOST = "127.0.0.1";

/** A Hono app, whatever its environment is. */
interface App {
  fetch(request: Request, bindings: HttpBindings): Response | Promise<Response>;
}

export interface LoopbackServer {
  readonly url: string;
  readonly port: number;
  /** Before this the server answers 503: its address must be known before what it serves can be made. */
  serve(app: App): void;
  /** Stops accepting, waits for the requests that run. */
  stop(): Promise<void>;
}

/** An HTTP server that only this machine reaches. */
export async function listenOnLoopback(port: number): Promise<LoopbackServer> {
  let current: App | undefined;
  const server = createAdaptorServer({
    hostname: HOST,
    fetch: (request, bindings) =>
      current?.fetch(request, bindings as HttpBindings) ??
      new Response("starting\n", { status: 503, headers: { "retry-after": "1" } }),
  }) as Server;
  await new Promise<void>((done, fail) => {
    server.once("error", fail);
    server.listen(port, HOST, done);
  }).catch((cause: unknown) => {
    const code = cause instanceof Error && "code" in cause ? cause.code : cause;
    throw new Error(`port ${port} cannot be used (${code}); choose another, or 0 for any that is free`, {
      cause,
    });
  });
  const address = server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `http://${HOST}:${bound}`,
    port: bound,
    serve: (app) => {
      current = app;
    },
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeIdleConnections();
        // Clients that keep a connection open without using it must not keep the process.
        setTimeout(() => server.closeAllConnections(), 2_000).unref();
      }),
  };
}

/** On the port after another server's, so that both are found again at the next start, or on any that is free. */
export async function listenNextTo({ port }: LoopbackServer): Promise<LoopbackServer> {
  return listenOnLoopback(port + 1).catch(() => listenOnLoopback(0));
}
