/** A line that is longer tells no usage: a picture, say. */
const LINE_LENGTH_MAX = 1_000_000;

/**
 * Finds the JSON of server-sent events in bytes as they pass, and keeps no more of them than the line that is not complete.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export class SseEvents {
  readonly #decoder = new TextDecoder();
  readonly #take: (event: unknown) => void;
  #line = "";

  constructor(take: (event: unknown) => void) {
    this.#take = take;
  }

  see(bytes: Uint8Array): void {
    const lines = (this.#line + this.#decoder.decode(bytes, { stream: true })).split(/\r\n|\n|\r/);
    const rest = lines.pop() ?? "";
    this.#line = rest.length > LINE_LENGTH_MAX ? "" : rest;
    for (const line of lines) this.#complete(line);
  }

  end(): void {
    this.#complete(this.#line);
    this.#line = "";
  }

  #complete(line: string): void {
    if (!line.startsWith("data:")) return;
    const data = line.slice("data:".length).trimStart();
    if (!data.startsWith("{")) return;
    try {
      this.#take(JSON.parse(data));
    } catch {
      // Whoever reads the stream finds out; it tells no usage.
    }
  }
}
