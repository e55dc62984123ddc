import type { ServerResponse } from "node:http";
import type { Behaviour } from "./behaviour.ts";
import type { Gate } from "./gate.ts";
import { breakConnection } from "./listener.ts";
import type { Reply } from "./reply.ts";

export interface Delivery {
  readonly reply: Reply;
  readonly behaviour: Behaviour;
  readonly response: ServerResponse;
  readonly gate: Gate;
  /** Settled when the connection is gone, or all is sent. */
  readonly closed: Promise<unknown>;
  /** Told before the connection is broken on purpose. */
  readonly onCut: () => void;
}

/** Sends a reply, or as much of it as the behaviour lets through. */
export async function deliver(delivery: Delivery): Promise<void> {
  const { reply, behaviour, response } = delivery;
  if (behaviour.kind === "silence") return;
  if (behaviour.kind === "cut") return deliverCut(delivery, behaviour);
  writeHead(response, reply);
  if (behaviour.kind === "slow") return deliverSlowly(delivery, behaviour.free ?? 0);
  for (const chunk of reply.chunks) response.write(chunk);
  response.end();
}

function writeHead(response: ServerResponse, reply: Reply): void {
  const length = reply.chunks.reduce((sum, chunk) => sum + Buffer.byteLength(chunk), 0);
  response.writeHead(reply.status, {
    ...reply.headers,
    ...(!reply.streamed && { "content-length": String(length) }),
  });
}

async function deliverSlowly({ reply, response, gate, closed }: Delivery, free: number): Promise<void> {
  response.flushHeaders();
  for (const [index, chunk] of reply.chunks.entries()) {
    if (index >= free) await gate.pass(closed);
    if (response.destroyed) return;
    response.write(chunk);
  }
  response.end();
}

async function deliverCut(
  delivery: Delivery,
  { at, held }: Extract<Behaviour, { kind: "cut" }>,
): Promise<void> {
  const { reply, response, gate, closed, onCut } = delivery;
  if (at !== "before_headers") {
    // Without a length, as of bodies that are compressed on their way: the HTTP client of older SDKs (node-fetch 2) never
    // notices that a body of a known length stays short.
    response.writeHead(reply.status, reply.headers);
    await written(response, at === "in_body" ? half(reply) : bytesOf(reply.chunks.slice(0, at.chunk)));
  }
  if (held) await gate.pass(closed);
  onCut();
  breakConnection(response);
}

/** The bytes have left before the connection breaks: the client sees all of them, and then the break. */
function written(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  response.flushHeaders();
  if (bytes.length === 0) return Promise.resolve();
  return new Promise((resolve) => response.write(bytes, () => resolve()));
}

function half(reply: Reply): Uint8Array {
  const all = bytesOf(reply.chunks);
  return all.subarray(0, Math.ceil(all.length / 2));
}

const bytesOf = (chunks: Reply["chunks"]): Uint8Array =>
  Buffer.concat(chunks.map((chunk) => Buffer.from(chunk)));
