import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { Http2ServerResponse } from "node:http2";

/** A request as it arrived. */
export interface ReceivedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON, or the fields of a form (files as {@link ReceivedFile}); empty when there is none. */
  readonly body: Readonly<Record<string, unknown>>;
  /** How it ended; `abandoned`: by the client, before the answer was complete. */
  readonly ended: Promise<"answered" | "cut" | "abandoned">;
}

export interface ReceivedFile {
  readonly filename: string;
  readonly bytes: Uint8Array;
}

export type Body = ReceivedRequest["body"];

export interface Received {
  readonly request: ReceivedRequest;
  /** To be told before the connection is broken on purpose. */
  readonly onCut: () => void;
}

/** Nothing when the client went away while it sent. */
export async function receiveRequest(
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<Received | undefined> {
  const { ended, onCut } = watchEnd(response);
  const parts: Buffer[] = [];
  try {
    for await (const part of incoming) parts.push(part);
  } catch {
    return undefined;
  }
  const url = new URL(incoming.url ?? "/", "http://127.0.0.1");
  const request = {
    method: incoming.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body: await parseBody(Buffer.concat(parts), incoming.headers["content-type"]),
    ended,
  };
  return { request, onCut };
}

function watchEnd(response: ServerResponse): Pick<Received, "onCut"> & Pick<ReceivedRequest, "ended"> {
  let cut = false;
  return {
    ended: new Promise((resolve) =>
      response.on("close", () => resolve(cut ? "cut" : isComplete(response) ? "answered" : "abandoned")),
    ),
    onCut: () => {
      cut = true;
    },
  };
}

/** HTTP/2 calls a response finished however its stream ended. */
function isComplete(response: ServerResponse): boolean {
  if (response instanceof Http2ServerResponse) return response.writableEnded && !response.stream.aborted;
  return response.writableFinished;
}

async function parseBody(bytes: Buffer, contentType: string | undefined): Promise<Body> {
  if (bytes.length === 0) return {};
  if (contentType?.startsWith("multipart/form-data")) return parseForm(bytes, contentType);
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return {};
  }
}

async function parseForm(bytes: Buffer, contentType: string): Promise<Body> {
  const form = await new Response(new Uint8Array(bytes), {
    headers: { "content-type": contentType },
  }).formData();
  const fields: Record<string, unknown> = {};
  for (const [name, value] of form) {
    fields[name] =
      typeof value === "string"
        ? value
        : ({ filename: value.name, bytes: new Uint8Array(await value.arrayBuffer()) } satisfies ReceivedFile);
  }
  return fields;
}
