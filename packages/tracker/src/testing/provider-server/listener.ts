import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttp2Server, Http2ServerResponse, type Http2Session } from "node:http2";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";

export interface Listener {
  /** `http://127.0.0.1:49152` */
  readonly url: string;
  /** Breaks all connections. */
  close(): Promise<void>;
}

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * HTTP/1.1 and, for clients that begin with it, HTTP/2 without TLS on one port: Bedrock's SDK speaks HTTP/2 unless it is
 * told otherwise.
 */
export async function listen(port: number, handler: RequestHandler): Promise<Listener> {
  const http = createServer(handler);
  const http2 = createHttp2Server((request, response) =>
    // Node's compatibility layer: what we use of requests and responses is the same.
    handler(request as unknown as IncomingMessage, response as unknown as ServerResponse),
  );
  const sockets = new Set<Socket>();
  let connecting: Socket | undefined;
  http2.on("session", (session) => {
    if (connecting) sessionSockets.set(session, connecting);
  });
  const tcp = createTcpServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.once("data", (first: Buffer) => {
      socket.pause();
      socket.unshift(first);
      const server = first.subarray(0, 3).toString("latin1") === "PRI" ? http2 : http;
      connecting = socket;
      server.emit("connection", socket);
      process.nextTick(() => socket.resume());
    });
  });
  await new Promise<void>((resolve) => tcp.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(tcp.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise((resolve) => tcp.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** HTTP/2 sessions do not let go of their sockets, and say goodbye in due form when they are told to end. */
const sessionSockets = new WeakMap<Http2Session, Socket>();

/** The connection of a response, with all else that goes over it. */
export function breakConnection(response: ServerResponse): void {
  const socket =
    response instanceof Http2ServerResponse
      ? response.stream.session && sessionSockets.get(response.stream.session)
      : response.socket;
  socket?.resetAndDestroy();
}
