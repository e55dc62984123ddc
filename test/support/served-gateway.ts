import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Gateway } from "./gateway.ts";

export interface ServedGateway {
  readonly url: string;
  close(): Promise<void>;
}

/** The gateway on a port of this machine, for what talks HTTP itself. */
export async function serveGateway(gateway: Gateway): Promise<ServedGateway> {
  const server = createServer(async (incoming, outgoing) => {
    try {
      const { status, contentType, body } = await gateway.request({
        method: incoming.method ?? "GET",
        path: incoming.url ?? "/",
        ...tokenOf(incoming),
        ...(await bodyOf(incoming)),
      });
      outgoing.writeHead(status, { "content-type": contentType }).end(JSON.stringify(body));
    } catch (error) {
      outgoing.writeHead(500).end(String(error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function tokenOf({ headers }: IncomingMessage): { token?: string } {
  const token = headers.authorization?.replace("Bearer ", "");
  return token === undefined ? {} : { token };
}

async function bodyOf(incoming: IncomingMessage): Promise<{ body?: string }> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return chunks.length === 0 ? {} : { body: Buffer.concat(chunks).toString() };
}
