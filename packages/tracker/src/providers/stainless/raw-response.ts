import type { StreamGatherer } from "../../recording/call.ts";
import { SseEvents } from "./sse-events.ts";
import { type BodyWatcher, watchBody, watchNodeBody } from "./watched-body.ts";

/** What is told how the body of a response was read. */
export interface RawReader {
  gatherer(): StreamGatherer | undefined;
  firstToken(): void;
  /** The whole body, JSON or another text. */
  plain(answer: unknown): void;
  streamed(gatherer: StreamGatherer, endedEarly: boolean): void;
  /** @param gatherer what has passed until then */
  broken(error: unknown, gatherer?: StreamGatherer): void;
  forgotten(): void;
}

/**
 * Watches a raw response that the caller took. It stays the object that it was: its body is read when and as fast as the caller
 * reads, by whichever method, and never twice. Of a stream only counts are kept; of another body the text, up to 4 MB, until
 * it is complete.
 */
export function watchRawResponse(response: Response, reader: RawReader): void {
  const { body } = response as { readonly body: unknown };
  if (isNodeReadable(body)) watchNodeBody(body, watcherOf(response, reader));
  else watchWebResponse(response, reader);
}

function watchWebResponse(response: Response, reader: RawReader): void {
  watchWholeReads(response, reader);
  watchBody(response, () => watcherOf(response, reader));
  const clone = response.clone;
  replace(response, "clone", () => {
    const copy = clone.call(response);
    watchRawResponse(copy, reader);
    return copy;
  });
}

/** What SDKs that use node-fetch have. */
function isNodeReadable(body: unknown): body is NodeJS.ReadableStream {
  return typeof body === "object" && body !== null && "pipe" in body && !("getReader" in body);
}

const WHOLE_READS = ["json", "text", "arrayBuffer", "bytes", "blob"] as const;

type WholeRead = () => Promise<unknown>;

function watchWholeReads(response: Response, reader: RawReader): void {
  for (const name of WHOLE_READS) {
    const read = (response as unknown as Partial<Record<string, WholeRead>>)[name];
    if (read === undefined) continue;
    replace(response, name, async () => {
      let whole: unknown;
      try {
        whole = await read.call(response);
      } catch (error) {
        if (response.bodyUsed) reader.broken(error);
        throw error;
      }
      if (name === "json") reader.plain(whole);
      else tellWhole(whole, watcherOf(response, reader));
      return whole;
    });
  }
}

function tellWhole(whole: unknown, watcher: BodyWatcher): void {
  if (typeof whole === "string") watcher.see(Buffer.from(whole));
  else if (whole instanceof ArrayBuffer) watcher.see(new Uint8Array(whole));
  else if (whole instanceof Uint8Array) watcher.see(whole);
  else if (whole instanceof Blob) {
    void whole.arrayBuffer().then((buffer) => tellWhole(buffer, watcher));
    return;
  }
  watcher.end();
}

function watcherOf(response: Response, reader: RawReader): BodyWatcher {
  const type = response.headers.get("content-type") ?? "";
  const gatherer = type.includes("event-stream") ? reader.gatherer() : undefined;
  if (gatherer !== undefined) return watchEvents(gatherer, reader);
  return watchText(type.includes("json"), reader);
}

function watchEvents(gatherer: StreamGatherer, reader: RawReader): BodyWatcher {
  const events = new SseEvents((event) => {
    gatherer.see(event);
    if (gatherer.hasBegun !== false) reader.firstToken();
  });
  return {
    see: (bytes) => events.see(bytes),
    end() {
      events.end();
      reader.streamed(gatherer, false);
    },
    broken: (error) => reader.broken(error, gatherer),
    left: () => reader.streamed(gatherer, true),
  };
}

const BODY_BYTES_MAX = 4_000_000;

function watchText(isJson: boolean, reader: RawReader): BodyWatcher {
  let parts: Uint8Array[] = [];
  let length = 0;
  return {
    see(bytes) {
      length += bytes.length;
      // The memory of it is handed on to whoever reads.
      if (length <= BODY_BYTES_MAX) parts.push(bytes.slice());
      else parts = [];
    },
    end() {
      const text = length <= BODY_BYTES_MAX ? Buffer.concat(parts).toString("utf8") : "";
      reader.plain(isJson ? parsed(text) : text);
    },
    broken: (error) => reader.broken(error),
    left: () => reader.forgotten(),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function replace(response: Response, name: string, value: unknown): void {
  Object.defineProperty(response, name, { value, writable: true, configurable: true });
}
