import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/** What becomes of a request on its way: nothing special, an error of DynamoDB's (after all, if `isDone`), or no answer. */
type ProxyFate = undefined | "cut" | { status: number; type: string; isDone?: boolean };

/** Stands between a client and the engine, and makes what goes wrong on networks and in accounts. */
export interface EngineProxy {
  readonly endpoint: string;
  /** @param operation `BatchWriteItem`, … */
  fate: (operation: string) => ProxyFate;
  /** By how much the clock that it shows is ahead. */
  aheadMs: number;
  close(): Promise<void>;
}

export async function startEngineProxy(engine: string): Promise<EngineProxy> {
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url } = incoming;
    const fate = proxy.fate(String(headers["x-amz-target"]).split(".")[1] ?? "");
    if (fate === "cut") return void outgoing.destroy();
    const date = new Date(Date.now() + proxy.aheadMs).toUTCString();
    const fail = ({ status, type }: { status: number; type: string }) => {
      outgoing.writeHead(status, { date, "content-type": "application/x-amz-json-1.0" });
      outgoing.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: "no" }));
    };
    if (fate !== undefined && !fate.isDone) {
      incoming.resume().on("end", () => fail(fate));
      return;
    }
    const onward = request(new URL(url ?? "/", engine), { method, headers }, (answer) => {
      if (fate !== undefined) return void answer.resume().on("end", () => fail(fate));
      outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, date });
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const proxy: EngineProxy = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fate: () => undefined,
    aheadMs: 0,
    close: () => {
      server.closeAllConnections();
      return new Promise((closed) => server.close(() => closed()));
    },
  };
  return proxy;
}
